#include "sqlite/session.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace partsmith::storage::sqlite {
namespace {

// SQLite reads a null pointer as NULL, also where an empty text or blob is meant.
constexpr const char* empty = "";

}  // namespace

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);  // repeats the code that next() has already reported
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  if (statement_ == nullptr || session_->failed()) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) session_->fail(session_->connection_.error(sqlite3_sql(statement_)));
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  statement_ = nullptr;
  return false;
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::uint64_t Rows::size(int column) const {
  const std::int64_t value = integer(column);
  if (value >= 0 && value <= max_size) return static_cast<std::uint64_t>(value);
  session_->fail({StoreErrorCode::damaged, fmt::format("a row of the database has a size of {}", value)});
  return 0;
}

std::string_view Rows::text(int column) const {
  return as_text(bytes(column));
}

ByteView Rows::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

std::int64_t Session::last_insert() const {
  return sqlite3_last_insert_rowid(connection_.handle());
}

std::size_t Session::changed() const {
  return static_cast<std::size_t>(sqlite3_changes64(connection_.handle()));
}

void Session::must_have_changed(std::size_t rows) {
  if (failed() || changed() == rows) return;
  fail({StoreErrorCode::damaged, "an index of the database contradicts its table"});
}

sqlite3_stmt* Session::start(const Query& query) {
  if (failed()) return nullptr;
  auto statement = connection_.prepared(query);
  if (statement) return *statement;
  fail(std::move(statement.error()));
  return nullptr;
}

void Session::check(sqlite3_stmt* statement, int code) {
  if (code != SQLITE_OK) fail(connection_.error(sqlite3_sql(statement)));
}

void Session::bind(sqlite3_stmt* statement, int index, std::int64_t value) {
  if (statement != nullptr) check(statement, sqlite3_bind_int64(statement, index, value));
}

void Session::bind(sqlite3_stmt* statement, int index, std::string_view value) {
  if (statement == nullptr) return;
  const char* data = value.empty() ? empty : value.data();
  check(statement, sqlite3_bind_text64(statement, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Session::bind(sqlite3_stmt* statement, int index, ByteView value) {
  if (statement == nullptr) return;
  const void* data = value.empty() ? static_cast<const void*>(empty) : value.data();
  check(statement, sqlite3_bind_blob64(statement, index, data, value.size(), SQLITE_STATIC));
}

void Session::bind_null(sqlite3_stmt* statement, int index) {
  if (statement != nullptr) check(statement, sqlite3_bind_null(statement, index));
}

}  // namespace partsmith::storage::sqlite
