#pragma once
/// Instants and the clock. Every time in the house comes from a Clock, so that a test can set, freeze and
/// move it (movable_clock.h).

#include <chrono>
#include <stop_token>

namespace partsmith {

/// UTC, in milliseconds.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;

  /// What now() would be if nobody had set or moved this clock: for what real time governs, such as how far a
  /// client's clock may be off.
  virtual TimePoint unmoved() const { return now(); }
  /// What this clock showed, or will show if nobody moves it, at that instant of real time.
  virtual TimePoint at(TimePoint real) const { return real; }
  /// Waits until this clock shows that instant, however it comes there. False, and at once, when `stop` is
  /// requested.
  virtual bool wait_until(TimePoint instant, const std::stop_token& stop) const;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace partsmith
