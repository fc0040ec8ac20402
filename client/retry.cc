#include <algorithm>

#include <partsmith/client/retry.h>

namespace partsmith::client {

std::chrono::milliseconds RetryPolicy::pause(int failed, double random) const {
  const int doublings = std::clamp(failed - 1, 0, 30);
  const auto limit = std::min(cap, base * (std::int64_t{1} << doublings));
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(limit.count()) * random));
}

bool wait_for(std::chrono::milliseconds time, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  return !changed.wait_for(lock, stop, time, [&] { return stop.stop_requested(); });
}

}  // namespace partsmith::client
