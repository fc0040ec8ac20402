/// What the system refuses to accept(): the server goes on as soon as it can. The system's call is replaced
/// in this program, for no program can bring a whole system to its last descriptor.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <vector>

#include "catch.h"
#include "http/descriptor.h"
#include "test_edge.h"

using namespace partsmith::test;

namespace {

std::atomic<int> failures_left = 0;
std::atomic<int> failure = 0;

bool refuses() {
  int left = failures_left;
  while (left > 0 && !failures_left.compare_exchange_weak(left, left - 1)) continue;
  if (left <= 0) return false;
  errno = failure;
  return true;
}

template <typename Call>
Call* system_call(const char* name) {
  return reinterpret_cast<Call*>(::dlsym(RTLD_NEXT, name));
}

/// Takes every descriptor that the process has left, of a few hundred, and gives back those that are asked
/// for.
class NoDescriptors {
 public:
  NoDescriptors() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    rlimit few = before_;
    few.rlim_cur = 300;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    for (int fd = ::fcntl(0, F_DUPFD_CLOEXEC, 0); fd >= 0; fd = ::fcntl(0, F_DUPFD_CLOEXEC, 0)) {
      taken_.emplace_back(fd);
    }
    REQUIRE(errno == EMFILE);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

  void give_back_one() { taken_.pop_back(); }

 private:
  rlimit before_{};
  std::vector<partsmith::server::Descriptor> taken_;
};

}  // namespace

extern "C" int accept(int socket, sockaddr* address, socklen_t* size) {
  if (refuses()) return -1;
  return system_call<int(int, sockaddr*, socklen_t*)>("accept")(socket, address, size);
}

extern "C" int accept4(int socket, sockaddr* address, socklen_t* size, int flags) {
  if (refuses()) return -1;
  return system_call<int(int, sockaddr*, socklen_t*, int)>("accept4")(socket, address, size, flags);
}

TEST_CASE("When a client cannot be accepted the server goes on, and stops as it should") {
  for (const int number : {ENFILE, EMFILE, ENOMEM, ENOBUFS, ECONNABORTED, EPROTO, EPERM, EINTR}) {
    CAPTURE(number);
    TestEdge edge;
    CHECK(edge.connect().exchange(get("/")).status == 200);
    failure = number;
    failures_left = 3;
    for (int client = 0; client < 3; ++client) CHECK(edge.connect().exchange(get("/")).status == 200);
    CHECK(failures_left == 0);
    CHECK(edge.connect().exchange(get("/")).status == 200);
  }
}

TEST_CASE("A server that cannot accept for now can be stopped") {
  failure = ENFILE;
  TestEdge edge;
  failures_left = 1'000'000;
  auto client = edge.connect();
  edge.stop(std::chrono::hours(1));
  failures_left = 0;
  CHECK(client.read_to_end().bytes.empty());
}

TEST_CASE("When the process has no descriptors left, idle connections are closed to make room") {
  TestEdge edge;
  std::vector<RawClient> idle;
  for (int client = 0; client < 5; ++client) {
    idle.push_back(edge.connect());
    CHECK(idle.back().exchange(get("/")).status == 200);
  }
  std::vector<int> statuses;
  std::vector<std::string> left;
  {
    NoDescriptors none;  // for CHECK under a sanitizer, too
    for (std::size_t client = 0; client < 3; ++client) {
      none.give_back_one();  // the new client's own end; the server's must come from a connection that is
                             // idle
      auto fresh = edge.connect();
      statuses.push_back(fresh.exchange(get("/")).status);
      idle.push_back(std::move(fresh));
    }
    statuses.push_back(idle.back().exchange(get("/")).status);
    // One goes per look, and a look may come before the room is used: how many rounds have one isn't the
    // test's.
    const auto has_gone = [](const RawClient& client) {
      return client.has_input(std::chrono::milliseconds(1));
    };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (std::ranges::count_if(idle, has_gone) < 3 && std::chrono::steady_clock::now() < deadline) continue;
    for (RawClient& client : idle) {
      if (has_gone(client)) left.push_back(client.read_to_end().bytes);
    }
  }
  CHECK(statuses == std::vector{200, 200, 200, 200});
  CHECK(left.size() >= 3);
  CHECK(std::ranges::all_of(left, &std::string::empty));
}
