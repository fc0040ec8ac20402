#pragma once
/// A clock that a test sets, moves, freezes and lets go on.

#include <condition_variable>
#include <mutex>
#include <vector>

#include <partsmith/values/time.h>

namespace partsmith {

/// Safe from any thread.
class MovableClock final : public Clock {
 public:
  /// `real` outlives it.
  explicit MovableClock(const Clock& real) : real_(real) {}
  MovableClock() : MovableClock(system_) {}

  TimePoint now() const override;
  TimePoint unmoved() const override { return real_.now(); }
  TimePoint at(TimePoint real) const override;
  bool wait_until(TimePoint instant, const std::stop_token& stop) const override;

  /// From now on it goes on from there, or stands there if it is frozen.
  void set(TimePoint shown);
  /// Forwards, or with a negative time backwards. Instants that TimePoint can't hold are cut to those it can.
  void move(std::chrono::milliseconds by);
  void freeze();
  void unfreeze();
  bool frozen() const;
  /// It shows real time again.
  void reset();

 private:
  /// What it shows from an instant of real time on.
  struct Setting {
    TimePoint since;
    TimePoint shown;
    bool frozen = false;

    TimePoint at(TimePoint real) const { return frozen ? shown : shown + (real - since); }
  };
  /// Of so many settings the earliest are forgotten: before the second it shows what it would have shown.
  static constexpr std::size_t most_settings = 1024;

  TimePoint shown_at(TimePoint real) const;
  void change(TimePoint shown, bool frozen, TimePoint real);

  SystemClock system_;
  const Clock& real_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::vector<Setting> settings_;  ///< in order of `since`; none: real time
};

}  // namespace partsmith
