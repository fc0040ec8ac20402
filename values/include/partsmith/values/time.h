#pragma once
/// Instants and the clock. Every time in the house comes from a Clock, so that a test can set, freeze and
/// move it.

#include <chrono>

namespace partsmith {

/// UTC, in milliseconds.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace partsmith
