#include "xml_prepare.h"

#include <algorithm>
#include <array>

#include <partsmith/protocol/xml_bounds.h>
#include <partsmith/values/names.h>

namespace partsmith::protocol {

namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr std::size_t max_blank_text = 4'096;  // a key of blanks has 1,024

enum class Markup { none, opening_tag, closing_tag, empty_tag, other };

/// One piece of markup from its '<' to its '>'.
struct Piece {
  Markup kind = Markup::none;
  std::size_t length = 0;
  std::size_t attributes = 0;  ///< of a tag
};

/// Up to and with `end`; nothing when it doesn't come.
std::optional<Piece> up_to(std::string_view text, std::size_t from, std::string_view end) {
  const auto found = text.find(end, from);
  if (found == std::string_view::npos) return std::nullopt;
  return Piece{Markup::other, found + end.size(), 0};
}

std::optional<Piece> tag(std::string_view text) {
  const auto name = text.substr(text.starts_with("</") ? 2 : 1);
  if (name.empty() || white_space.find(name.front()) != std::string_view::npos) return std::nullopt;
  char quote = '\0';
  std::size_t attributes = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<') return std::nullopt;
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
      ++attributes;
    } else if (c == '>') {
      const auto kind = text[1] == '/'       ? Markup::closing_tag
                        : text[i - 1] == '/' ? Markup::empty_tag
                                             : Markup::opening_tag;
      return Piece{kind, i + 1, attributes};
    }
  }
  return std::nullopt;
}

/// `text` begins with '<'. Nothing for a DTD and for markup that doesn't end.
std::optional<Piece> next_markup(std::string_view text) {
  if (text.starts_with("<!--")) return up_to(text, 4, "-->");
  if (text.starts_with("<![CDATA[")) return up_to(text, 9, "]]>");
  if (text.starts_with("<?")) return up_to(text, 2, "?>");
  if (text.starts_with("<!")) return std::nullopt;
  return tag(text);
}

bool is_defined_reference(std::string_view name) {
  constexpr auto entities = std::to_array<std::string_view>({"amp", "lt", "gt", "quot", "apos"});
  if (std::ranges::find(entities, name) != entities.end()) return true;
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x');
  if (hex) name.remove_prefix(1);
  const auto digits = hex ? std::string_view("0123456789abcdefABCDEF") : std::string_view("0123456789");
  // Longer than any code point, or zero, which no text may hold.
  if (name.empty() || name.size() > 8 || name.find_first_not_of(digits) != std::string_view::npos)
    return false;
  return name.find_first_not_of('0') != std::string_view::npos;
}

bool has_only_defined_references(std::string_view text) {
  for (auto at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    const auto end = text.find(';', at);
    if (end == std::string_view::npos || !is_defined_reference(text.substr(at + 1, end - at - 1)))
      return false;
  }
  return true;
}

bool is_allowed(char c) {
  return static_cast<unsigned char>(c) >= 0x20 || white_space.find(c) != std::string_view::npos;
}

bool is_element_tag(Markup kind) {
  return kind == Markup::opening_tag || kind == Markup::closing_tag || kind == Markup::empty_tag;
}

/// Whether white space between these two is text that somebody may mean.
bool is_content(Markup before, Markup after) {
  if (before == Markup::opening_tag && after == Markup::closing_tag) return true;
  return !is_element_tag(before) || !is_element_tag(after);
}

void append_references(std::string& out, std::string_view spaces) {
  for (std::size_t i = 0; i < spaces.size(); ++i) {
    const char c = spaces[i];
    if (c == '\r') {
      // As XML's end-of-line handling has it: CR LF and CR alone are read as LF.
      if (i + 1 < spaces.size() && spaces[i + 1] == '\n') ++i;
      out += "&#10;";
    } else {
      out += c == ' ' ? "&#32;" : c == '\t' ? "&#9;" : "&#10;";
    }
  }
}

}  // namespace

bool xml_fits(std::string_view text, const XmlLimits& limits) {
  if (text.size() > limits.bytes) return false;
  std::size_t nodes = 0;
  std::size_t depth = 0;
  for (auto start = text.find('<'); start != std::string_view::npos; start = text.find('<')) {
    text.remove_prefix(start);
    const auto markup = next_markup(text);
    if (!markup) return true;  // not well-formed: the reader stops here
    const auto piece = text.substr(0, markup->length);
    text.remove_prefix(markup->length);
    if (markup->kind == Markup::closing_tag) {
      if (depth > 0) --depth;
      continue;
    }
    if (++nodes > limits.nodes) return false;
    if (markup->kind == Markup::other) continue;
    if (piece.size() > limits.tag_bytes || markup->attributes > limits.attributes) return false;
    if (depth + 1 > limits.depth) return false;
    if (markup->kind == Markup::opening_tag) ++depth;
  }
  return true;
}

std::optional<std::string> prepare_xml(std::string_view text) {
  if (!std::ranges::all_of(text, is_allowed) || !is_utf8(text)) return std::nullopt;
  std::string result;
  result.reserve(text.size() + 64);
  int depth = 0;
  Markup before = Markup::none;
  while (true) {
    const auto start = text.find('<');
    const auto characters = text.substr(0, start);
    if (!has_only_defined_references(characters)) return std::nullopt;
    if (start == std::string_view::npos) {
      result += characters;
      return result;
    }
    text.remove_prefix(start);
    const auto markup = next_markup(text);
    if (!markup) return std::nullopt;

    const bool blank = characters.find_first_not_of(white_space) == std::string_view::npos;
    if (blank && depth > 0 && is_content(before, markup->kind)) {
      if (characters.size() > max_blank_text) return std::nullopt;
      append_references(result, characters);
    } else {
      result += characters;
    }
    const auto piece = text.substr(0, markup->length);
    if (is_element_tag(markup->kind) && !has_only_defined_references(piece)) return std::nullopt;
    result += piece;
    text.remove_prefix(markup->length);
    if (markup->kind == Markup::opening_tag) ++depth;
    if (markup->kind == Markup::closing_tag) --depth;
    before = markup->kind;
  }
}

}  // namespace partsmith::protocol
