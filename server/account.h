#pragma once
/// The account that owns everything here. S3 gives a canonical user id of 64 hex digits.

#include <string>

namespace partsmith::server {

inline constexpr const char* owner_id = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
inline constexpr const char* owner_display_name = "partsmith";
inline constexpr const char* account_number = "000000000000";  ///< of the same account, as ARNs have it

/// Who signs with the account's keys, as policies and refusals name it.
inline std::string account_arn() {
  return std::string("arn:aws:iam::") + account_number + ":root";
}

}  // namespace partsmith::server
