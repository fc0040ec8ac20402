#pragma once
/// The path of a request, and of a copy's source.

#include <optional>
#include <string>
#include <string_view>

namespace partsmith::protocol {

/// `%XX` becomes its byte, and '+' a space, as Amazon S3 reads it in a path too: %2B alone is a plus
/// (docs/plus.md has every place and its source). Nothing when a '%' isn't followed by two hex digits.
std::optional<std::string> decode_path(std::string_view path);

}  // namespace partsmith::protocol
