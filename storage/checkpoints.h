#pragma once
/// Moves what the database's log has gathered into the database, in a thread of its own with a connection of
/// its own: that syncs the disk, and no write waits for it. The writer does what only it can, to begin the
/// log anew, when all but a few pages have been moved; so the log stays short, whatever is written.
///
/// Only a reader who keeps an older state for long (fsck of a store that is served) makes the log grow beyond
/// LogLimits::longest, until it has ended.

#include <condition_variable>
#include <cstddef>
#include <expected>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <partsmith/storage/error.h>

#include "sqlite/connection.h"

namespace partsmith::storage {

/// In pages of 4 KiB. The second is three passes of the first, the third leaves room for what is written
/// while the last pass is under way; it is less than SQLite's journal_size_limit (engine.cc).
struct LogLimits {
  std::size_t moved_at_once = 4'000;
  std::size_t long_enough = 12'000;  ///< from here on it begins anew as soon as that costs little
  std::size_t longest = 16'000;      ///< and here whatever it costs: the writer waits for it
};

class Checkpoints {
 public:
  /// `open` makes the connection when it is first needed; `log` takes lines for a person.
  Checkpoints(LogLimits limits, std::function<std::expected<sqlite::Connection, StoreError>()> open,
              std::function<void(const std::string&)> log);
  /// Ends after the pass that is under way.
  ~Checkpoints();
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;

  /// The writer's connection, whose commits are heard of from now on.
  sqlite::Connection watch(sqlite::Connection writer);
  /// Of a database that was made without a sync: a pass follows the first commit that is heard of.
  void pass_soon();
  /// By the writer, between transactions.
  void begin_anew_when_long(sqlite::Connection& writer);
  /// By the writer, between transactions: makes the log as short as it gets, for a disk that is full.
  void truncate(sqlite::Connection& writer);

 private:
  void log_has(std::size_t pages);
  void loop();
  void pass(std::optional<sqlite::Connection>& connection);
  void passed(const sqlite::Connection::LogState& state);
  void failed(const StoreError& error);
  void began_anew();
  bool is_due();

  LogLimits limits_;
  std::function<std::expected<sqlite::Connection, StoreError>()> open_;
  std::function<void(const std::string&)> log_;
  std::mutex passing_;  // held while pages are moved, by either thread; taken before mutex_
  std::mutex mutex_;    // guards what follows
  std::condition_variable wake_;
  std::size_t pages_ = 0;     // of the log
  std::size_t pass_at_;       // the next pass is made when the log has so many
  std::size_t rest_ = 0;      // pages that the last pass left
  std::size_t retry_at_ = 0;  // the log could not begin anew: not before it has so many
  bool few_are_left_ = false;
  bool failing_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace partsmith::storage
