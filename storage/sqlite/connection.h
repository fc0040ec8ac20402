#pragma once
/// One connection to the database with its prepared statements, which are kept. One thread at a time.

#include <cstddef>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <partsmith/storage/error.h>

struct sqlite3;
struct sqlite3_stmt;

namespace partsmith::storage::sqlite {

/// The text of a statement. Statements are prepared once per connection and found again by the address of
/// their Query, so queries are the constants of queries.h.
struct Query {
  const char* sql;
};

class Connection {
 public:
  /// How long one connection waits for another. Only recovery after a crash makes one wait: there is one
  /// writer, and readers never block.
  static constexpr int busy_milliseconds = 10'000;

  /// `write` makes the file when it is missing. `frozen` reads where nothing can be written, by anybody:
  /// SQLite looks for no log and takes no lock.
  enum class Mode { write, read, frozen };

  /// `vfs`: the name of what SQLite does its input and output with; empty: the system's.
  static std::expected<Connection, StoreError> open(const std::filesystem::path& file, Mode mode,
                                                    const std::string& vfs = {});

  /// Runs statements that give no rows: pragmas, the schema.
  std::expected<void, StoreError> run(const std::string& sql);
  /// The statement, ready to be bound. The caller resets it when done. Throws when it is in use: a bug.
  std::expected<sqlite3_stmt*, StoreError> prepared(const Query& query);
  /// The error of the call that just failed.
  StoreError error(std::string_view tried) const;
  /// Whether SQLite is inside a transaction; some failures end it.
  bool in_transaction() const;
  /// SQLite opens a file that it may not write for reading.
  bool is_read_only() const;
  sqlite3* handle() const { return handle_.get(); }

  /// The log that changes are gathered in, in pages.
  struct LogState {
    std::size_t pages = 0;
    std::size_t moved = 0;  ///< of them, those that are in the database too
  };
  /// `passive` moves what it can, and waits for nobody. `restart` moves all, so that the log begins anew with
  /// the next transaction; `truncate` makes its file empty, too: busy while somebody reads an older state.
  enum class Checkpoint { passive, restart, truncate };
  std::expected<LogState, StoreError> checkpoint(Checkpoint kind);
  /// `told` hears after each commit of this connection how many pages the log has. SQLite makes no
  /// checkpoints by itself any more.
  void watch_log(std::function<void(std::size_t pages)> told);

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Connection(sqlite3* handle) : handle_(handle) {}

  std::unique_ptr<std::function<void(std::size_t)>> log_watcher_;  // outlives the handle
  std::unique_ptr<sqlite3, Close> handle_;
  std::unordered_map<const Query*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;  // finalized first
};

}  // namespace partsmith::storage::sqlite
