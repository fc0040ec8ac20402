#pragma once
/// Numbers as answers and ranges write them.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace partsmith::client {

/// Digits and nothing else; nothing if the text is anything else, or beyond 64 bits.
inline std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace partsmith::client
