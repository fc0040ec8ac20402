#include <partsmith/values/movable_clock.h>

#include <thread>

#include "catch.h"

using namespace partsmith;
using namespace std::chrono_literals;

namespace {

/// Real time as the test has it.
class HandClock final : public Clock {
 public:
  TimePoint now() const override { return time; }
  TimePoint time = TimePoint(1'000'000s);
};

}  // namespace

TEST_CASE("A clock that nobody moved shows real time") {
  HandClock real;
  const MovableClock clock(real);
  CHECK(clock.now() == real.time);
  CHECK(clock.at(real.time - 5s) == real.time - 5s);
}

TEST_CASE("A moved clock goes on from where it was moved to") {
  HandClock real;
  MovableClock clock(real);
  clock.move(8h * 24);
  CHECK(clock.now() == real.time + 8h * 24);
  real.time += 3s;
  CHECK(clock.now() == real.time + 8h * 24);
  clock.move(-24h);
  CHECK(clock.now() == real.time + 7h * 24);
  CHECK(clock.unmoved() == real.time);
}

TEST_CASE("A frozen clock stands, and can be moved while it stands") {
  HandClock real;
  MovableClock clock(real);
  clock.set(TimePoint(500s));
  clock.freeze();
  real.time += 1h;
  CHECK(clock.now() == TimePoint(500s));
  clock.move(10s);
  CHECK(clock.now() == TimePoint(510s));
  CHECK(clock.frozen());
  clock.unfreeze();
  real.time += 1s;
  CHECK(clock.now() == TimePoint(511s));
}

TEST_CASE("A clock remembers what it showed") {
  HandClock real;
  MovableClock clock(real);
  const TimePoint before = real.time;
  real.time += 10s;
  clock.move(24h);
  real.time += 10s;
  CHECK(clock.at(before) == before);
  CHECK(clock.at(before + 15s) == before + 15s + 24h);
  CHECK(clock.at(real.time + 1h) == real.time + 25h);
  clock.reset();
  CHECK(clock.now() == real.time);
  CHECK(clock.at(before + 15s) == before + 15s + 24h);
}

TEST_CASE("A clock can't be moved out of the years that dates can say") {
  MovableClock clock;
  clock.move(std::chrono::milliseconds::max());
  CHECK(clock.now() < TimePoint(std::chrono::sys_days(std::chrono::year(10000) / 1 / 1)));
  clock.move(std::chrono::milliseconds::min());
  CHECK(clock.now() >= TimePoint(std::chrono::sys_days(std::chrono::year(1) / 1 / 1)));
}

TEST_CASE("Who waits for an instant is woken when the clock is moved there") {
  MovableClock clock;
  clock.freeze();
  const TimePoint tomorrow = clock.now() + 24h;
  std::jthread waiting([&](const std::stop_token& stop) { CHECK(clock.wait_until(tomorrow, stop)); });
  clock.move(12h);
  clock.move(12h);
  waiting.join();
  CHECK(clock.now() >= tomorrow);
}

TEST_CASE("Who waits for an instant can be told to stop") {
  const MovableClock clock;
  std::stop_source stop;
  std::jthread waiting([&] { CHECK_FALSE(clock.wait_until(clock.now() + 24h, stop.get_token())); });
  stop.request_stop();
  waiting.join();
}
