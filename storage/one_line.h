#pragma once
/// Text of a database or folder that may be anybody's, in a line for a person.

#include <string>
#include <string_view>

namespace partsmith::storage {

/// Whatever isn't printable UTF-8 as \xNN; no more than some hundred bytes.
std::string one_line(std::string_view text);

}  // namespace partsmith::storage
