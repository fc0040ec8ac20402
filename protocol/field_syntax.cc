#include <algorithm>

#include <partsmith/protocol/field_syntax.h>

namespace partsmith::protocol {
namespace {

bool is_token_character(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\t'; });
}

std::string field_value(std::string_view text) {
  std::string value(text);
  std::ranges::replace_if(value, [](char c) { return is_control(c) && c != '\t'; }, ' ');
  return value;
}

std::optional<std::string> to_latin1(std::string_view utf8) {
  std::string text;
  text.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      text += utf8[i];
      continue;
    }
    if ((lead != 0xC2 && lead != 0xC3) || i + 1 == utf8.size()) return std::nullopt;
    const auto next = static_cast<unsigned char>(utf8[++i]);
    if ((next & 0xC0U) != 0x80U) return std::nullopt;
    text += static_cast<char>((lead & 0x03U) << 6U | (next & 0x3FU));
  }
  return text;
}

}  // namespace partsmith::protocol
