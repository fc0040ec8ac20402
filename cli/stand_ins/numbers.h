#pragma once
/// Numbers in arguments and scripts.

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace partsmith::cli {

/// All of the text as a number; nothing when it is none, or none that fits.
inline std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto* const behind = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), behind, number);
  return error == std::errc() && end == behind ? std::optional(number) : std::nullopt;
}

}  // namespace partsmith::cli
