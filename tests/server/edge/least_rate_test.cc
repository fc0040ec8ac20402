/// How slow a client may be.

#include "http/least_rate.h"

#include "catch.h"

using namespace partsmith::server;
using namespace std::chrono_literals;

namespace {

constexpr LeastRate::Terms terms{.silence = 60s, .window = 30s, .bytes_per_second = 1024};

}  // namespace

TEST_CASE("A window with the least rate is enough, and one byte less is too slow") {
  LeastRate enough(terms);
  CHECK(enough.note(30s, 30 * 1024));
  LeastRate too_slow(terms);
  CHECK_FALSE(too_slow.note(30s, 30 * 1024 - 1));
}

TEST_CASE("Nobody is too slow before the first window is over") {
  LeastRate rate(terms);
  CHECK(rate.note(29s, 0));
  CHECK(rate.patience() == 1s);
  CHECK_FALSE(rate.note(1s, 0));
}

TEST_CASE("What came in one window doesn't count in the next") {
  LeastRate rate(terms);
  CHECK(rate.note(0s, 1U << 30U));
  CHECK(rate.note(30s, 0));
  CHECK_FALSE(rate.note(30s, 0));
}

TEST_CASE("A longest silence is kept to within a window, and a byte ends it") {
  LeastRate rate({.silence = 5s, .window = 30s, .bytes_per_second = 1});
  CHECK(rate.patience() == 5s);
  CHECK(rate.note(4s, 0));
  CHECK(rate.patience() == 1s);
  CHECK(rate.note(0s, 100));
  CHECK(rate.patience() == 5s);
  CHECK_FALSE(rate.note(5s, 0));
}

TEST_CASE("The pace is the whole transfer's") {
  LeastRate rate(terms);
  CHECK(rate.note(30s, 40 * 1024));
  CHECK(rate.note(10s, 1024));
  CHECK(rate.pace().waited == 40s);
  CHECK(rate.pace().moved == 41 * 1024);
}
