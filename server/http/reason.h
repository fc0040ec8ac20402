#pragma once
/// The reason phrases of status lines (RFC 9110, section 15).

#include <string_view>

namespace partsmith::server {

/// Empty for a status that has none, as the status line allows.
std::string_view reason_of(int status);

}  // namespace partsmith::server
