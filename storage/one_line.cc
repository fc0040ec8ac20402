#include "one_line.h"

#include <fmt/format.h>

#include <partsmith/values/names.h>

namespace partsmith::storage {
namespace {

// A key has up to 1,024 bytes.
constexpr std::size_t most_bytes = 1'536;

}  // namespace

std::string one_line(std::string_view text) {
  const bool whole = text.size() <= most_bytes;
  if (!whole) text = text.substr(0, most_bytes);
  const bool utf8 = is_utf8(text);
  std::string line;
  line.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
    if (byte == 0xc2 && next < 0xa0 && utf8) {  // terminals obey these control characters as well
      line += fmt::format("\\u{:04x}", next);
      ++at;
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) {
      line += fmt::format("\\x{:02x}", byte);
    } else {
      line += text[at];
    }
  }
  if (!whole) line += "…";
  return line;
}

}  // namespace partsmith::storage
