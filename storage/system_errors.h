#pragma once
/// What the system or SQLite refused, as a StoreError.

#include <string_view>

#include <partsmith/storage/error.h>

namespace partsmith::storage {

/// `number` is an errno; `tried` says what was attempted, and on what.
StoreError system_error(int number, std::string_view tried);

/// `code` is an (extended) SQLite code, `number` the errno behind it or 0, `said` SQLite's message.
StoreError sqlite_error(int code, int number, std::string_view tried, std::string_view said);

}  // namespace partsmith::storage
