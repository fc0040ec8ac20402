#include "system_errors.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>

namespace partsmith::storage {
namespace {

StoreErrorCode code_of_errno(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return StoreErrorCode::out_of_space;
    case EMFILE:
    case ENFILE:
      return StoreErrorCode::too_many_open_files;
    case EROFS:
    case EACCES:
    case EPERM:
      return StoreErrorCode::read_only;
    default:
      return StoreErrorCode::io;
  }
}

StoreErrorCode code_of_sqlite(int code, int number) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return StoreErrorCode::out_of_space;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return StoreErrorCode::read_only;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StoreErrorCode::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StoreErrorCode::damaged;
    default:
      return code_of_errno(number);  // CANTOPEN, IOERR: the system says why
  }
}

}  // namespace

StoreError system_error(int number, std::string_view tried) {
  return {code_of_errno(number), fmt::format("{}: {}", tried, std::generic_category().message(number))};
}

StoreError sqlite_error(int code, int number, std::string_view tried, std::string_view said) {
  std::string detail = fmt::format("{}: {} (SQLite {})", tried, said, code);
  if (number != 0) detail += fmt::format(": {}", std::generic_category().message(number));
  return {code_of_sqlite(code, number), std::move(detail)};
}

}  // namespace partsmith::storage
