#pragma once
/// What a gateway counts of its upstream, for Prometheus.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include <partsmith/server/upstream.h>

namespace partsmith::gateway {

/// Safe from any thread.
class UpstreamMetrics {
 public:
  /// From the request's head to the head of its answer.
  void answered(int status, std::chrono::steady_clock::duration took);
  void failed(server::UpstreamFailure::Kind kind);
  void connection_opened() { ++opened_; }
  void connection_reused() { ++reused_; }
  void sent_again() { ++sent_again_; }
  void begun() { ++in_flight_; }
  void ended() { --in_flight_; }

  /// In the text format of Prometheus; `url` is the label of each.
  std::string text(const std::string& url) const;

 private:
  std::atomic<std::uint64_t> opened_ = 0;
  std::atomic<std::uint64_t> reused_ = 0;
  std::atomic<std::uint64_t> sent_again_ = 0;
  std::atomic<std::int64_t> in_flight_ = 0;
  mutable std::mutex mutex_;
  std::map<int, std::uint64_t> answers_;                             ///< by status; guarded by mutex_
  std::map<server::UpstreamFailure::Kind, std::uint64_t> failures_;  ///< guarded by mutex_
  double seconds_ = 0;                                               ///< guarded by mutex_
};

}  // namespace partsmith::gateway
