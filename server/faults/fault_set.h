#pragma once
/// The rules of one world, and how often each has matched and hit.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "faults/rule.h"

namespace partsmith::server {

class Visit;

/// Safe from any thread.
class FaultSet {
 public:
  using Chosen = std::vector<std::shared_ptr<const FaultRule>>;

  struct Status {
    FaultRule rule;
    std::uint64_t matched = 0;  ///< requests that it was about
    std::uint64_t hits = 0;     ///< of them those that it acted on
  };

  /// In the place of the rule of that name, if there is one. False, and nothing changed, when there are
  /// 1,000.
  bool add(FaultRule rule);
  /// The same of each, until one is too many. The error is one line.
  std::expected<void, std::string> add_all(std::vector<FaultRule> rules);
  bool remove(std::string_view name);
  void clear();
  std::vector<Status> list() const;

  /// The rules that act on this visit, in the order in which they were added; each match is counted. What a
  /// probability decides depends on the rule's seed, on what the request asks for and on how often that was
  /// asked for: so the same requests meet the same faults, in whatever order threads send them.
  Chosen choose(const Visit& visit);

 private:
  static constexpr std::size_t most_rules = 1'000;
  static constexpr std::size_t most_occurrences = 100'000;  ///< remembered; then counting begins anew

  struct Entry {
    std::shared_ptr<const FaultRule> rule;
    std::chrono::steady_clock::time_point added;
    std::uint64_t matched = 0;
    std::uint64_t hits = 0;
    std::map<std::string, std::uint64_t, std::less<>> occurrences = {};  ///< of each thing that is asked for
  };

  static bool is_over(const Entry& entry);
  static bool decides_to_hit(Entry& entry, const Visit& visit);

  std::atomic<bool> any_ = false;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

/// Whether the rule is about the visit, which has been authorised.
bool is_about(const FaultMatch& match, const Visit& visit);

/// 1 for an SDK's first attempt, from `amz-sdk-request: attempt=1; max=3`; nothing where it doesn't say.
std::optional<std::uint32_t> sdk_attempt(const Visit& visit);

}  // namespace partsmith::server
