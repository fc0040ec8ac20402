#include <cerrno>
#include <string>

#include <partsmith/values/byte_pipe.h>

#include "catch.h"
#include "socket_pair.h"

using namespace partsmith;
using namespace partsmith::test;

TEST_CASE("What goes into a pipe comes out of it, in order") {
  SocketPair source;
  SocketPair target;
  auto pipe = BytePipe::open();
  REQUIRE(pipe);
  source.send("abc");
  CHECK(pipe->fill(source.inner(), 2) == 2U);
  CHECK(pipe->held() == 2);
  BytePipe moved = *std::move(pipe);
  CHECK(moved.drain(target.inner()) == 2U);
  CHECK(moved.held() == 0);
  CHECK(moved.fill(source.inner(), 100) == 1U);
  CHECK(moved.drain(target.inner()) == 1U);
  CHECK(target.received() == "abc");
}

TEST_CASE("A pipe tells that nothing is there yet, and the end") {
  SocketPair source;
  auto pipe = BytePipe::open();
  REQUIRE(pipe);
  CHECK(pipe->fill(source.inner(), 1).error() == EAGAIN);
  source.end();
  CHECK(pipe->fill(source.inner(), 1) == 0U);
}

TEST_CASE("A pipe keeps what its target doesn't take") {
  SocketPair source;
  SocketPair target;
  auto pipe = BytePipe::open();
  REQUIRE(pipe);
  std::size_t given = 0;
  std::string sent;
  while (true) {
    source.send("0123456789");
    sent += "0123456789";
    REQUIRE(pipe->fill(source.inner(), 10) == 10U);
    const auto count = pipe->drain(target.inner());
    given += count.value_or(0);
    if (count) continue;
    CHECK(count.error() == EAGAIN);
    break;
  }
  CHECK(pipe->held() == sent.size() - given);
  CHECK(target.received() == sent.substr(0, given));
  CHECK(pipe->drain(target.inner()) == 10U);
  CHECK(target.received() == "0123456789");
}
