#pragma once
/// The database's files in a folder that may be somebody else's, before SQLite opens them: it would follow a
/// link, wait at a pipe, and do what a journal asks for.

#include <expected>
#include <functional>
#include <string>

#include "files/file_system.h"

namespace partsmith::storage {

inline constexpr const char* database_name = "partsmith.db";

/// Refuses, in one line: a database, log or journal that is no plain file with one name; a rollback journal
/// that names another journal, for which SQLite would delete that file, wherever it lies (the store writes
/// none: it has one database).
std::expected<void, std::string> check_database_files(Folder& folder);

/// By the one who holds the lock. Takes what others may do with these files from them, and makes the database
/// when it is missing: SQLite gives its log and index the rights that the database has.
std::expected<void, std::string> prepare_database_files(Folder& folder);

/// Refuses once the path to the database no longer names `database`, as after its folder was replaced: SQLite
/// opens by path, and one store must not read two databases.
std::expected<void, StoreError> check_still_named(Folder& folder, const FileFacts& database);

}  // namespace partsmith::storage
