#pragma once
/// Trying again: how often, after how long.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <mutex>
#include <random>
#include <stop_token>

#include <partsmith/client/error.h>

namespace partsmith::client {

/// Exponential back-off with full jitter: before attempt n+1, a random time up to base × 2^(n-1), at most
/// `cap`.
struct RetryPolicy {
  int attempts = 5;
  std::chrono::milliseconds base{100};
  std::chrono::milliseconds cap = std::chrono::seconds(20);

  /// `failed` attempts were made; `random` in [0, 1).
  std::chrono::milliseconds pause(int failed, double random) const;
};

/// Waits; false when asked to stop meanwhile.
bool wait_for(std::chrono::milliseconds time, std::stop_token stop);

/// Calls `attempt` until it succeeds, its error isn't retryable, or the attempts are used up. The last error.
template <class Attempt>
auto with_retries(const RetryPolicy& policy, std::stop_token stop, Attempt&& attempt) -> decltype(attempt()) {
  std::minstd_rand random(std::random_device{}());
  for (int made = 1;; ++made) {
    auto result = attempt();
    if (result || !result.error().retryable() || made >= policy.attempts) return result;
    const double fraction = std::generate_canonical<double, 32>(random);
    if (!wait_for(policy.pause(made, fraction), stop)) {
      return std::unexpected(ClientError(ErrorKind::stopped, "stopped while waiting to try again"));
    }
  }
}

}  // namespace partsmith::client
