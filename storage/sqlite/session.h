#pragma once
/// Statements run one after the other on one connection. The first failure is kept, and from then on every
/// statement does nothing and gives no rows, so that the code between reads as if nothing could fail. Whoever
/// runs that code looks at failure() before believing its answer (Engine::read, WriterThread).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <partsmith/values/encoding.h>

#include "sqlite/connection.h"

namespace partsmith::storage::sqlite {

class Session;

/// The rows of one running statement. Views into a row hold until the next next(). Text and bytes given as
/// parameters must live as long as the rows.
class Rows {
 public:
  Rows(Session& session, sqlite3_stmt* statement) : session_(&session), statement_(statement) {}
  ~Rows();
  Rows(Rows&& other) noexcept
      : session_(other.session_), statement_(std::exchange(other.statement_, nullptr)) {}
  Rows& operator=(Rows&&) = delete;

  /// Moves to the next row; false after the last one, and after a failure.
  bool next();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  /// A size, offset or count. The database may be anybody's: what is no size fails the session, and is 0
  /// here. Sums of a few never overflow.
  std::uint64_t size(int column) const;
  static constexpr std::int64_t max_size = std::int64_t{1} << 53;
  std::string_view text(int column) const;
  ByteView bytes(int column) const;
  template <typename Id>
    requires std::is_enum_v<Id>
  Id id(int column) const {
    return static_cast<Id>(integer(column));
  }

 private:
  Session* session_;
  sqlite3_stmt* statement_;  // reset, not finalized, by this
};

class Session {
 public:
  explicit Session(Connection& connection) : connection_(connection) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  template <typename... Values>
  Rows query(const Query& query, const Values&... values) {
    sqlite3_stmt* statement = start(query);
    int index = 0;
    (bind(statement, ++index, values), ...);
    return Rows(*this, statement);
  }
  /// Runs the statement to its end.
  template <typename... Values>
  void execute(const Query& query, const Values&... values) {
    Rows rows = this->query(query, values...);
    while (rows.next()) continue;
  }
  /// The first column of the first row.
  template <typename... Values>
  std::optional<std::int64_t> integer(const Query& query, const Values&... values) {
    Rows rows = this->query(query, values...);
    std::optional<std::int64_t> found;
    while (rows.next()) {
      if (!found) found = rows.integer(0);
    }
    return found;
  }
  /// The row number of the last INSERT.
  std::int64_t last_insert() const;
  /// How many rows the last statement that changes any has changed.
  std::size_t changed() const;
  /// After a statement that changes rows: fails unless it has changed so many. An index that contradicts its
  /// table finds rows that cannot be deleted, for ever.
  void must_have_changed(std::size_t rows);

  bool failed() const { return failure_.has_value(); }
  const std::optional<StoreError>& failure() const { return failure_; }
  void fail(StoreError error) {
    if (!failure_) failure_ = std::move(error);
  }
  Connection& connection() { return connection_; }

 private:
  friend class Rows;
  sqlite3_stmt* start(const Query& query);  // nothing once failed
  void check(sqlite3_stmt* statement, int code);

  void bind(sqlite3_stmt* statement, int index, std::int64_t value);
  void bind(sqlite3_stmt* statement, int index, std::string_view value);
  void bind(sqlite3_stmt* statement, int index, ByteView value);
  void bind_null(sqlite3_stmt* statement, int index);
  template <typename Number>
    requires std::is_enum_v<Number> || std::is_integral_v<Number>
  void bind(sqlite3_stmt* statement, int index, Number value) {
    bind(statement, index, static_cast<std::int64_t>(value));
  }
  template <typename Value>
  void bind(sqlite3_stmt* statement, int index, const std::optional<Value>& value) {
    value ? bind(statement, index, *value) : bind_null(statement, index);
  }

  Connection& connection_;
  std::optional<StoreError> failure_;
};

}  // namespace partsmith::storage::sqlite
