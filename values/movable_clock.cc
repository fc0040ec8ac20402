#include <partsmith/values/movable_clock.h>

#include <algorithm>

namespace partsmith {
namespace {

using std::chrono::milliseconds;

/// As close to the sum as years 1 to 9999, which dates can say, allow.
TimePoint moved(TimePoint from, milliseconds by) {
  constexpr TimePoint first = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
  constexpr TimePoint last = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);
  if (by > last - from) return last;
  if (by < first - from) return first;
  return from + by;
}

}  // namespace

bool Clock::wait_until(TimePoint instant, const std::stop_token& stop) const {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  // now() is looked at again each second: the system's clock, too, may be set.
  while (!stop.stop_requested()) {
    const auto left = instant - now();
    if (left <= milliseconds(0)) return true;
    never.wait_for(lock, stop, std::min<milliseconds>(left, std::chrono::seconds(1)), [] { return false; });
  }
  return false;
}

TimePoint MovableClock::shown_at(TimePoint real) const {
  if (settings_.empty()) return real;
  const auto after = std::ranges::upper_bound(settings_, real, {}, &Setting::since);
  // Before the first setting it showed real time, unless older settings were forgotten.
  if (after == settings_.begin()) return settings_.size() < most_settings ? real : settings_.front().at(real);
  return std::prev(after)->at(real);
}

TimePoint MovableClock::now() const {
  const TimePoint real = real_.now();
  const std::scoped_lock lock(mutex_);
  return settings_.empty() ? real : settings_.back().at(real);
}

TimePoint MovableClock::at(TimePoint real) const {
  const std::scoped_lock lock(mutex_);
  return shown_at(real);
}

void MovableClock::change(TimePoint shown, bool frozen, TimePoint real) {
  if (settings_.size() == most_settings) settings_.erase(settings_.begin());
  settings_.push_back({real, shown, frozen});
  changed_.notify_all();
}

void MovableClock::set(TimePoint shown) {
  const std::scoped_lock lock(mutex_);
  change(moved(shown, milliseconds(0)), !settings_.empty() && settings_.back().frozen, real_.now());
}

void MovableClock::move(milliseconds by) {
  const std::scoped_lock lock(mutex_);
  const TimePoint real = real_.now();
  const TimePoint shown = settings_.empty() ? real : settings_.back().at(real);
  change(moved(shown, by), !settings_.empty() && settings_.back().frozen, real);
}

void MovableClock::freeze() {
  const std::scoped_lock lock(mutex_);
  const TimePoint real = real_.now();
  change(settings_.empty() ? real : settings_.back().at(real), true, real);
}

void MovableClock::unfreeze() {
  const std::scoped_lock lock(mutex_);
  const TimePoint real = real_.now();
  change(settings_.empty() ? real : settings_.back().at(real), false, real);
}

bool MovableClock::frozen() const {
  const std::scoped_lock lock(mutex_);
  return !settings_.empty() && settings_.back().frozen;
}

void MovableClock::reset() {
  const std::scoped_lock lock(mutex_);
  const TimePoint real = real_.now();
  change(real, false, real);
}

bool MovableClock::wait_until(TimePoint instant, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const TimePoint real = real_.now();
    const TimePoint shown = settings_.empty() ? real : settings_.back().at(real);
    if (shown >= instant) return true;
    const std::size_t seen = settings_.size();
    const TimePoint last_change = seen == 0 ? TimePoint() : settings_.back().since;
    const auto changed = [&] {
      return settings_.size() != seen || (seen != 0 && settings_.back().since != last_change);
    };
    const bool stands = seen != 0 && settings_.back().frozen;
    // A real clock may be set as well: looked at each second.
    const milliseconds left =
        stands ? std::chrono::seconds(1) : std::min<milliseconds>(instant - shown, std::chrono::seconds(1));
    changed_.wait_for(lock, stop, left, changed);
  }
  return false;
}

}  // namespace partsmith
