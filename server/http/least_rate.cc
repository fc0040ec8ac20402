#include "http/least_rate.h"

#include <algorithm>
#include <utility>

namespace partsmith::server {

std::chrono::milliseconds LeastRate::patience() const {
  const auto left =
      std::min<std::chrono::nanoseconds>(terms_.silence - silent_, terms_.window - window_.waited);
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0));
}

bool LeastRate::note(std::chrono::nanoseconds waited, std::uint64_t moved) {
  for (Pace* pace : {&pace_, &window_}) {
    pace->waited += waited;
    pace->moved += moved;
  }
  silent_ = moved > 0 ? std::chrono::nanoseconds(0) : silent_ + waited;
  if (silent_ >= terms_.silence) return false;
  if (window_.waited < terms_.window) return true;
  const std::chrono::duration<double> seconds = window_.waited;
  const Pace over = std::exchange(window_, {});
  return static_cast<double>(over.moved) >= static_cast<double>(terms_.bytes_per_second) * seconds.count();
}

}  // namespace partsmith::server
