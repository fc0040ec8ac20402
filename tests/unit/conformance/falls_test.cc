/// A server that falls over, and is started again by whoever keeps it: who is blamed, and what goes on.

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include <partsmith/conformance/reports.h>
#include <partsmith/conformance/runner.h>

#include "catch.h"
#include "fake_endpoint.h"

using namespace partsmith;
using namespace partsmith::conformance;
using test::answer_of;
using test::FakeConnection;
using test::FakeServer;

namespace {

/// A port that nobody else gets while no server listens there.
class KeptPort {
 public:
  KeptPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd_, generic, size) != 0 || ::getsockname(fd_, generic, &size) != 0)
      throw std::runtime_error("no port can be kept");
    number = ntohs(address.sin_port);
  }
  ~KeptPort() { ::close(fd_); }
  KeptPort(const KeptPort&) = delete;
  KeptPort& operator=(const KeptPort&) = delete;

  std::uint16_t number = 0;

 private:
  int fd_;
};

/// Falls over what a test calls deadly, forgets its buckets, and is started again once it was looked for
/// twice: the client's clock, by which requests are signed, tells that.
class FallingServer : public Clock {
 public:
  explicit FallingServer(std::function<bool(const FakeServer::Request&)> deadly)
      : deadly_(std::move(deadly)) {
    start();
    keeper_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
  }
  ~FallingServer() override {
    keeper_.request_stop();
    keeper_.join();
  }
  FallingServer(const FallingServer&) = delete;
  FallingServer& operator=(const FallingServer&) = delete;

  TimePoint now() const override {
    {
      const std::scoped_lock lock(mutex_);
      ++asked_;
    }
    changed_.notify_all();
    return SystemClock().now();
  }

  RunResult run(std::vector<Check> checks, RunOptions options = {.jobs = 1, .pause = {}}) {
    client::S3ClientOptions signed_by_time;
    signed_by_time.credentials = {"test", "test", ""};
    client::S3Client client(*client::Endpoint::parse("http://127.0.0.1:" + std::to_string(port_.number)),
                            signed_by_time, *this);
    const SystemClock clock;
    const auto result = conformance::run(client, plan(std::move(checks), options), options, clock);
    if (!result) throw std::runtime_error(result.error());
    return *result;
  }

 private:
  void start() {
    has_bucket_ = false;
    server_ =
        std::make_unique<FakeServer>([this](FakeConnection& connection) { serve(connection); }, port_.number);
  }

  void serve(FakeConnection& connection) {
    for (FakeServer::Request request; connection.read(request); request = {}) {
      const auto answer = answer_to(request);
      if (answer.empty()) {
        connection.read_to_end();
        return;
      }
      connection.send(answer);
    }
  }

  /// None when it falls.
  std::string answer_to(const FakeServer::Request& request) {
    const std::scoped_lock lock(mutex_);
    if (deadly_(request)) {
      fallen_ = true;
      changed_.notify_all();
      return {};
    }
    const bool of_bucket = std::ranges::count(request.target, '/') == 1;
    if (of_bucket && request.method == "PUT") has_bucket_ = true;
    if (!has_bucket_) return answer_of(404, {}, "");
    if (request.method == "DELETE") return answer_of(204, {}, "");
    if (request.target.find("?uploads") != std::string::npos)
      return answer_of(200, {}, "<ListMultipartUploadsResult/>");
    return answer_of(200, {}, of_bucket ? "<ListBucketResult/>" : "");
  }

  void keep(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return fallen_; })) {
      lock.unlock();
      server_.reset();
      lock.lock();
      fallen_ = false;
      const auto seen = asked_;
      if (!changed_.wait(lock, stop, [&] { return asked_ >= seen + 2; })) return;
      start();
    }
  }

  const KeptPort port_;
  const std::function<bool(const FakeServer::Request&)> deadly_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  mutable int asked_ = 0;  ///< what time it is; guarded by mutex_, as is what follows
  bool fallen_ = false;
  bool has_bucket_ = false;
  std::unique_ptr<FakeServer> server_;
  std::jthread keeper_;
};

Check gets(std::string id, std::string name) {
  return {
      .id = std::move(id), .title = "t", .source = "s", .cost = {5, 100}, .body = [name](CheckContext& c) {
        c.send(c.get(name)).status(200);
      }};
}

/// So that a run doesn't wait for a server that went away.
struct StopAtEnd {
  std::stop_source& stop;
  ~StopAtEnd() { stop.request_stop(); }
};

bool is_of(const FakeServer::Request& request, std::string_view name) {
  return request.target.ends_with('/' + std::string(name));
}

}  // namespace

TEST_CASE("A request over which the server falls each time fails its check, and the others are judged") {
  FallingServer server([](const auto& request) { return is_of(request, "deadly"); });
  const auto result = server.run({gets("a", "object"), gets("b", "deadly"), gets("c", "object")});
  CHECK(result.checks[0].outcome == Outcome::passed);
  REQUIRE(result.checks[1].outcome == Outcome::failed);
  CHECK(result.checks[1].failures.at(0).expected == "an answer");
  CHECK(result.checks[1].failures.at(0).actual == "none, and nobody listens any more: it went away");
  CHECK(result.checks[2].outcome == Outcome::passed);
  CHECK(result.lost.empty());
  CHECK(text_report(result, false).find("the endpoint went away 3 times in the midst of the run\n") !=
        std::string::npos);
}

TEST_CASE("A server that fell once and came back, with nothing that was there, fails nothing") {
  int asked = 0;
  FallingServer server([&](const auto& request) { return is_of(request, "object") && ++asked == 2; });
  const auto result = server.run({gets("a", "object"), gets("b", "object"), gets("c", "object")});
  CHECK(result.count(Outcome::passed) == 3);
  CHECK(text_report(result, false).find("the endpoint went away once in the midst of the run\n") !=
        std::string::npos);
}

TEST_CASE("What fell with a server that stays away is named") {
  FallingServer server([](const auto& request) { return is_of(request, "deadly"); });
  std::stop_source stop;
  auto last = gets("b", "deadly");
  last.body = [&](CheckContext& c) {
    const StopAtEnd needs_not_wait{stop};
    c.send(c.get("deadly"));
  };
  const auto result =
      server.run({gets("a", "object"), last}, {.jobs = 1, .pause = {}, .stop = stop.get_token()});
  CHECK(result.checks[1].outcome == Outcome::skipped);
  CHECK(result.lost.ends_with(", when b ran"));
}
