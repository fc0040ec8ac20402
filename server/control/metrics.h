#pragma once
/// Counts for Prometheus: `GET /_partsmith/metrics`.

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "observer.h"

namespace partsmith::server {

class Metrics final : public Observer {
 public:
  void sent(const Visit& visit) override;
  /// In the text format of Prometheus, version 0.0.4.
  std::string text(const std::string& version) const;
  /// What one world's store has, in the same format.
  static std::string text(const storage::StoreTotals& totals);

 private:
  /// Upper bounds in seconds, of a histogram's buckets but the last.
  static constexpr std::array<double, 9> bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10};

  struct Operation {
    std::array<std::uint64_t, bounds.size() + 1> buckets{};
    double seconds = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::map<std::pair<int, std::string>, std::uint64_t> answers = {};  ///< by status and S3's code
  };

  mutable std::mutex mutex_;
  std::map<std::string, Operation, std::less<>>
      operations_;  ///< at most as many as the table has, and two more
  std::map<std::string, std::uint64_t, std::less<>> faults_;  ///< fired, by name; at most 1,000 names
};

}  // namespace partsmith::server
