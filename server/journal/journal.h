#pragma once
/// What was asked and answered in one world: the last visits, to read and to assert on.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "visit.h"

namespace partsmith::server {

/// Which entries. What is empty is any; texts are globs.
struct JournalFilter {
  std::string operation = {};
  std::string method = {};
  std::string bucket = {};
  std::string key = {};
  std::string upload_id = {};
  std::string part_number = {};
  std::string access_key = {};
  std::string error = {};
  std::string user_agent = {};
  std::string acted = {};  ///< the name of a fault
  std::optional<int> status = {};
  std::uint64_t after = 0;  ///< ids above
};

/// Safe from any thread.
class Journal {
 public:
  struct Entry {
    std::uint64_t id;  ///< 1 for the first of the world's
    TimePoint time;    ///< by the world's clock, when it ended
    std::shared_ptr<const Visit> visit;
  };

  /// The oldest entries go when there are more than 10,000, or when their heads take more than 32 MiB.
  void add(TimePoint time, std::shared_ptr<const Visit> visit);
  void clear();
  /// A visit's answer is about to be sent; its entry will be added. Who reads waits for it, for a second at
  /// most: a client that has its answer finds the entry.
  void expect_entry();
  /// At most `limit`, the oldest first.
  std::vector<Entry> entries(const JournalFilter& filter, std::size_t limit) const;
  /// How many were added, forgotten ones too.
  std::uint64_t last_id() const;
  /// Waits for an entry above that id; false when `stop` was requested or the time is over.
  bool wait_for(std::uint64_t id, std::chrono::milliseconds time, const std::stop_token& stop) const;

 private:
  static constexpr std::size_t most_entries = 10'000;
  static constexpr std::size_t most_bytes = std::size_t{32} << 20U;

  struct Kept {
    Entry entry;
    std::size_t bytes;
  };
  void wait_for_expected(std::unique_lock<std::mutex>& lock) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable_any added_;
  std::size_t expected_ = 0;
  std::deque<Kept> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t last_id_ = 0;
};

bool is_of(const JournalFilter& filter, const Journal::Entry& entry);

}  // namespace partsmith::server
