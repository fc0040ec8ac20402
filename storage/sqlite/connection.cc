#include "sqlite/connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include <partsmith/values/limits.h>

#include "system_errors.h"

namespace partsmith::storage::sqlite {
namespace {

std::string frozen_name(const std::filesystem::path& file) {
  std::string name = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    if (c == '%' || c == '?' || c == '#') {
      name += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      name += c;
    }
  }
  return name + "?immutable=1";
}

// The longest text, blob or row: a bucket's document is the longest that the store writes.
constexpr int max_value_bytes = static_cast<int>(4 * limits::max_request_document_bytes);

/// The database may be anybody's. Its triggers and views run nothing (the store has none, and refuses them
/// when it opens: schema.cc), its schema calls no function with effects, its pages are checked as they are
/// read, and none is mapped: a mapped file that becomes shorter ends the process.
std::expected<void, StoreError> distrust(Connection& connection) {
  sqlite3* handle = connection.handle();
  constexpr std::array<std::pair<int, int>, 4> settings{{{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                                         {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                                         {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                                         {SQLITE_DBCONFIG_ENABLE_VIEW, 0}}};
  for (const auto& [setting, value] : settings) {
    if (sqlite3_db_config(handle, setting, value, nullptr) != SQLITE_OK) {
      return std::unexpected(connection.error("configure SQLite"));
    }
  }
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, max_value_bytes);
  return connection.run("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0");
}

/// What the system said to the last call on the log or the database that it refused: SQLite keeps errno of
/// what fails in a statement, and not of what fails in its COMMIT.
int last_errno(sqlite3* handle) {
  for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    int number = 0;
    const bool asked = sqlite3_file_control(handle, "main", which, static_cast<void*>(&file)) == SQLITE_OK &&
                       file != nullptr && file->pMethods != nullptr &&
                       file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK;
    if (asked && number != 0) return number;
  }
  return 0;
}

}  // namespace

void Connection::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}
void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

std::expected<Connection, StoreError> Connection::open(const std::filesystem::path& file, Mode mode,
                                                       const std::string& vfs) {
  const int flags =
      (mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
      (mode == Mode::frozen ? SQLITE_OPEN_URI : 0) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3* handle = nullptr;
  const std::string name = mode == Mode::frozen ? frozen_name(file) : file.string();
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  Connection connection(handle);  // SQLite gives a handle to close even when it fails
  const std::string tried = fmt::format("open {}", file.string());
  if (handle == nullptr) return std::unexpected(sqlite_error(code, 0, tried, sqlite3_errstr(code)));
  if (code != SQLITE_OK) return std::unexpected(connection.error(tried));
  sqlite3_busy_timeout(handle, Connection::busy_milliseconds);
  if (auto distrusted = distrust(connection); !distrusted) return std::unexpected(distrusted.error());
  return connection;
}

std::expected<void, StoreError> Connection::run(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(error(sql));
  }
  return {};
}

std::expected<sqlite3_stmt*, StoreError> Connection::prepared(const Query& query) {
  auto& statement = statements_[&query];
  if (!statement) {
    sqlite3_stmt* made = nullptr;
    const int code =
        sqlite3_prepare_v3(handle_.get(), query.sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    statement.reset(made);
    if (code != SQLITE_OK) return std::unexpected(error(query.sql));
  }
  if (sqlite3_stmt_busy(statement.get()) != 0) {
    throw std::logic_error(fmt::format("statement already in use: {}", query.sql));
  }
  return statement.get();
}

std::expected<Connection::LogState, StoreError> Connection::checkpoint(Checkpoint kind) {
  constexpr std::array modes{SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_RESTART,
                             SQLITE_CHECKPOINT_TRUNCATE};
  int pages = 0;
  int moved = 0;
  const int mode = modes.at(static_cast<std::size_t>(kind));
  if (sqlite3_wal_checkpoint_v2(handle_.get(), "main", mode, &pages, &moved) != SQLITE_OK) {
    return std::unexpected(error("move the log into the database"));
  }
  return LogState{static_cast<std::size_t>(std::max(pages, 0)), static_cast<std::size_t>(std::max(moved, 0))};
}

void Connection::watch_log(std::function<void(std::size_t)> told) {
  log_watcher_ = std::make_unique<std::function<void(std::size_t)>>(std::move(told));
  const auto hook = [](void* watcher, sqlite3* /*handle*/, const char* /*name*/, int pages) {
    (*static_cast<std::function<void(std::size_t)>*>(watcher))(static_cast<std::size_t>(pages));
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle_.get(), hook, log_watcher_.get());
}

StoreError Connection::error(std::string_view tried) const {
  const int code = sqlite3_extended_errcode(handle_.get());
  int number = sqlite3_system_errno(handle_.get());
  if (number == 0 && (code & 0xff) == SQLITE_IOERR) number = last_errno(handle_.get());
  return sqlite_error(code, number, tried, sqlite3_errmsg(handle_.get()));
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

bool Connection::is_read_only() const {
  return sqlite3_db_readonly(handle_.get(), "main") == 1;
}

}  // namespace partsmith::storage::sqlite
