#include "operations/encoded_words.h"

#include <algorithm>
#include <array>
#include <optional>

#include <partsmith/protocol/headers.h>
#include <partsmith/values/encoding.h>
#include <partsmith/values/names.h>

namespace partsmith::server {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

std::uint8_t byte_of(char c) {
  return static_cast<std::uint8_t>(c);
}

/// The bytes of the character at the front: 1 to 4, or 0 when there is none in UTF-8.
std::size_t character_length(std::string_view text) {
  const std::size_t length = byte_of(text.front()) < 0x80   ? 1
                             : byte_of(text.front()) < 0xE0 ? 2
                             : byte_of(text.front()) < 0xF0 ? 3
                                                            : 4;
  return length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

std::string with_replacements(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    text += length == 0 ? replacement : bytes.substr(0, length);
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return text;
}

std::string from_latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (byte_of(c) < 0x80) {
      text.push_back(c);
    } else {
      text.push_back(static_cast<char>(0xC0 | (byte_of(c) >> 6)));
      text.push_back(static_cast<char>(0x80 | (byte_of(c) & 0x3F)));
    }
  }
  return text;
}

std::optional<std::string> from_q(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    std::size_t taken = 1;
    if (text.front() == '=') {
      const auto decoded = text.size() < 3 ? std::nullopt : from_hex(text.substr(1, 2));
      if (!decoded) return std::nullopt;
      bytes += as_text(*decoded);
      taken = 3;
    } else {
      bytes.push_back(text.front() == '_' ? ' ' : text.front());
    }
    text.remove_prefix(taken);
  }
  return bytes;
}

/// As Amazon S3 reads base64 here: what is not of its alphabet counts as six bits set.
std::optional<std::string> from_b(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  for (; !text.empty(); text.remove_prefix(4)) {
    std::uint32_t bits = 0;
    for (const char c : text.substr(0, 4)) {
      const std::size_t digit = alphabet.find(c);
      bits = (bits << 6) | (digit == std::string_view::npos ? 0x3FU : static_cast<std::uint32_t>(digit));
    }
    const std::array<char, 3> three = {static_cast<char>((bits >> 16) & 0xFF),
                                       static_cast<char>((bits >> 8) & 0xFF), static_cast<char>(bits & 0xFF)};
    bytes.append(three.data(), text[2] == '=' ? 1U : text[3] == '=' ? 2U : 3U);
  }
  return bytes;
}

/// What `=?charset?encoding?text?=` says, as UTF-8.
std::optional<std::string> decoded_word(std::string_view word) {
  if (word.size() < 6 || !word.starts_with("=?") || !word.ends_with("?=")) return std::nullopt;
  word = word.substr(2, word.size() - 4);
  const std::size_t end_of_charset = word.find('?');
  if (end_of_charset == std::string_view::npos || word.size() < end_of_charset + 3) return std::nullopt;
  const std::string_view charset = word.substr(0, end_of_charset);
  const char encoding = word[end_of_charset + 1];
  const std::string_view text = word.substr(end_of_charset + 3);
  if (word[end_of_charset + 2] != '?' || text.find('?') != std::string_view::npos) return std::nullopt;

  std::optional<std::string> bytes;
  if (encoding == 'Q' || encoding == 'q') bytes = from_q(text);
  if (encoding == 'B' || encoding == 'b') bytes = from_b(text);
  if (!bytes) return std::nullopt;
  if (protocol::equal_ignoring_case(charset, "ISO-8859-1")) return from_latin1(*bytes);
  if (protocol::equal_ignoring_case(charset, "UTF-8") || protocol::equal_ignoring_case(charset, "US-ASCII")) {
    return with_replacements(*bytes);
  }
  return std::nullopt;
}

bool is_plain(char c) {
  return (byte_of(c) >= 0x20 && byte_of(c) < 0x7F) || c == '\t';
}

std::string q_word(std::string_view text) {
  std::string word = "=?UTF-8?Q?";
  for (const char c : text) {
    if (c == ' ') {
      word.push_back('_');
    } else if (c == '=' || c == '_' || c == '?' || c == '\t' || !is_plain(c)) {
      constexpr std::string_view digits = "0123456789ABCDEF";
      word += {'=', digits[byte_of(c) >> 4], digits[byte_of(c) & 0xF]};
    } else {
      word.push_back(c);
    }
  }
  return word + "?=";
}

}  // namespace

std::string metadata_from_header(std::string_view value) {
  std::string text;
  bool after_word = false;
  std::string_view space;
  while (!value.empty()) {
    const std::size_t end = std::min(value.find_first_of(" \t"), value.size());
    const std::string_view token = value.substr(0, end);
    const auto word = decoded_word(token);
    if (!after_word || !word) text += space;  // space between two encoded words is not part of the text
    text += word ? *word : from_latin1(token);
    after_word = word.has_value();
    value.remove_prefix(end);
    space = value.substr(0, std::min(value.find_first_not_of(" \t"), value.size()));
    value.remove_prefix(space.size());
  }
  return text;
}

std::string metadata_to_header(std::string_view text) {
  // Counted in UTF-16, which shows only beyond the basic plane.
  std::size_t plain = 0;
  std::size_t other = 0;
  for (const char c : text) {
    if (is_plain(c)) {
      ++plain;
    } else if ((byte_of(c) & 0xC0) != 0x80) {
      other += byte_of(c) >= 0xF0 ? 2U : 1U;
    }
  }
  if (other == 0) return std::string(text);
  return plain > other ? q_word(text) : "=?UTF-8?B?" + to_base64(as_bytes(text)) + "?=";
}

}  // namespace partsmith::server
