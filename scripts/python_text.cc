#include "python_text.h"

#include <fmt/format.h>

#include <algorithm>

#include <partsmith/values/encoding.h>

namespace partsmith::scripts {
namespace {

constexpr std::size_t longest_period = 64;
constexpr std::size_t worth_repeating = 200;
constexpr std::size_t longest_literal = 2000;

std::string literal(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (byte >= 0x20 && byte < 0x7f) {
      result += c;
    } else {
      result += fmt::format("\\x{:02x}", byte);
    }
  }
  return result + '"';
}

struct Repetition {
  std::size_t period = 0;
  std::size_t length = 0;
};

/// How far the beginning of the text repeats itself.
Repetition repetition_at(std::string_view text) {
  for (std::size_t period = 1; period <= std::min(longest_period, text.size() / 2); ++period) {
    const auto tail = text.substr(period);
    const auto differing = std::ranges::mismatch(text, tail).in2;
    const auto length = period + static_cast<std::size_t>(differing - tail.begin());
    if (length >= worth_repeating) return {period, length};
  }
  return {};
}

std::string joined(std::string text, const std::string& more) {
  return text.empty() ? more : std::move(text) + " + " + more;
}

/// What doesn't repeat itself.
std::string plain(std::string_view text) {
  if (text.size() <= longest_literal) return literal(text);
  return fmt::format("from_base64(\"{}\")", to_base64(as_bytes(text)));
}

}  // namespace

std::string python_text(std::string_view bytes) {
  std::string text;
  std::size_t begin = 0;
  std::size_t at = 0;
  while (bytes.size() - at >= worth_repeating && at - begin <= longest_literal) {
    const auto found = repetition_at(bytes.substr(at));
    if (found.length == 0) {
      ++at;
      continue;
    }
    if (at > begin) text = joined(std::move(text), plain(bytes.substr(begin, at - begin)));
    text = joined(std::move(text),
                  fmt::format("repeated({}, {})", literal(bytes.substr(at, found.period)), found.length));
    begin = at += found.length;
  }
  if (begin < bytes.size() || text.empty()) text = joined(std::move(text), plain(bytes.substr(begin)));
  return text;
}

std::string in_docstring(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\' || c == '"') result += '\\';
    if ((byte < 0x20 && c != '\n') || byte >= 0x7f) {
      result += '?';
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace partsmith::scripts
