#include <thread>

#include <partsmith/emulator.h>
#include <partsmith/server/steering.h>

namespace partsmith {
namespace {

/// A presigned URL that was made in this second counts as made before the change.
void wait_for_next_second(const MovableClock& clock) {
  const TimePoint real = clock.unmoved();
  std::this_thread::sleep_for(std::chrono::ceil<std::chrono::seconds>(real) - real);
}

}  // namespace

std::chrono::system_clock::time_point EmulatorClock::now() const {
  return world_->clock().now();
}

bool EmulatorClock::frozen() const {
  return world_->clock().frozen();
}

void EmulatorClock::set(std::chrono::system_clock::time_point time) const {
  world_->clock().set(std::chrono::time_point_cast<std::chrono::milliseconds>(time));
  wait_for_next_second(world_->clock());
}

void EmulatorClock::advance(std::chrono::milliseconds time) const {
  world_->clock().move(time);
  wait_for_next_second(world_->clock());
}

void EmulatorClock::freeze() const {
  world_->clock().freeze();
  wait_for_next_second(world_->clock());
}

void EmulatorClock::unfreeze() const {
  world_->clock().unfreeze();
  wait_for_next_second(world_->clock());
}

void EmulatorClock::reset() const {
  world_->clock().reset();
  wait_for_next_second(world_->clock());
}

}  // namespace partsmith
