// Visits that wait occupy no place that others need.

#include <sys/resource.h>

#include <atomic>

#include "catch.h"
#include "visit_server.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;
using server::Outcome;
using server::Visit;

namespace {

/// Two for each client and the server's side, and some.
void allow_files(rlim_t count) {
  rlimit files{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
  REQUIRE(files.rlim_max >= count);
  files.rlim_cur = std::max(files.rlim_cur, count);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &files) == 0);
}

}  // namespace

TEST_CASE("A thousand visits that wait leave the server to a working client") {
  allow_files(4096);
  VisitServer server;
  REQUIRE(server.send("PUT", "/films").status == 200);
  std::atomic<int> waiting = 0;
  server.recorder.when_before = [&](Visit& visit) -> std::optional<Outcome> {
    if (!visit.has_key() || visit.key().text() != "wait") return std::nullopt;
    ++waiting;
    visit.wait(10min);
    return std::nullopt;
  };
  std::vector<RawClient> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(server.connect());
    clients.back().send(server.signed_request("GET", "/films/wait"));
  }
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (waiting < 1000) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::yield();
  }
  auto working = server.connect();
  for (int i = 0; i < 20; ++i) {
    CHECK(working.exchange(server.signed_request("PUT", "/films/" + std::to_string(i), "x")).status == 200);
  }
  server.stop(1s);  // which doesn't wait for them
  CHECK(server.recorder.first(1021).size() == 1021);
}
