#pragma once
/// The database's tables, and how a database of ours is told from others and from newer ones.

#include <cstdint>
#include <expected>
#include <string>

#include "sqlite/connection.h"

namespace partsmith::storage::sqlite {

inline constexpr std::int64_t application_id = 0x70736d74;  ///< "psmt"
inline constexpr std::int64_t format_version = 7;           ///< kept in user_version

/// Makes the tables in an empty database, brings one of an older format to this one, and looks whether any
/// other is ours, whole, and of this format. The error is what a person reads after the file's name.
std::expected<void, std::string> prepare_schema(Connection& connection);
/// The same without writing: an empty database or an older format is an error.
std::expected<void, std::string> check_schema(Connection& connection);

}  // namespace partsmith::storage::sqlite
