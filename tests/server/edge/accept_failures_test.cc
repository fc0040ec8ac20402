/// What the system refuses to accept(): the server goes on as soon as it can. The system's call is replaced
/// in this program, for no program can bring a whole system to its last descriptor.

#include <dlfcn.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>

#include "catch.h"
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
