#include "sigv4_canonical.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <partsmith/protocol/path.h>
#include <partsmith/protocol/uri.h>

namespace partsmith::protocol::sigv4 {

namespace {

/// '+' is a space in a path as in a query. A malformed percent sequence stays as it is.
std::string decoded(std::string_view text) {
  if (auto all = decode_path(text)) return std::move(*all);
  std::string result;
  while (!text.empty()) {
    const auto length =
        text.front() == '%' && decode_path(text.substr(0, 3)) ? std::size_t{3} : std::size_t{1};
    result += decode_path(text.substr(0, length)).value_or("%");
    text.remove_prefix(length);
  }
  return result;
}

std::string canonical_query_piece(std::string_view raw) {
  return uri_encode(decoded(raw), Slash::encode);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool less_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

/// Of headers by their names, those of one name in the order of their lines.
std::vector<const Headers::Field*> sorted_by_name(const Headers& headers) {
  std::vector<const Headers::Field*> fields;
  fields.reserve(headers.size());
  for (const auto& field : headers) fields.push_back(&field);
  std::ranges::sort(fields, [](const Headers::Field* a, const Headers::Field* b) {
    if (less_ignoring_case(a->first, b->first)) return true;
    return a < b && !less_ignoring_case(b->first, a->first);  // they are of one array
  });
  return fields;
}

bool is_white_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Word by word, with a space between two.
void append_folded(std::string& out, std::string_view value) {
  bool begun = false;
  for (auto at = value.begin(); at != value.end();) {
    const auto word = std::find_if_not(at, value.end(), is_white_space);
    const auto end = std::find_if(word, value.end(), is_white_space);
    if (word != end && std::exchange(begun, true)) out += ' ';
    out.append(word, end);
    at = end;
  }
}

}  // namespace

std::string canonical_path(std::string_view raw_path) {
  return raw_path.empty() ? "/" : uri_encode(decoded(raw_path), Slash::keep);
}

std::string canonical_query(std::string_view raw_query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!raw_query.empty()) {
    const auto end = raw_query.find('&');
    const auto piece = raw_query.substr(0, end);
    raw_query.remove_prefix(end == std::string_view::npos ? raw_query.size() : end + 1);
    if (piece.empty()) continue;
    const auto equals = piece.find('=');
    auto name = canonical_query_piece(piece.substr(0, equals));
    if (name == "X-Amz-Signature") continue;
    const auto value = equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
    parameters.emplace_back(std::move(name), canonical_query_piece(value));
  }
  std::ranges::sort(parameters);

  std::string result;
  for (const auto& [name, value] : parameters) {
    if (!result.empty()) result += '&';
    result += name;
    result += '=';
    result += value;
  }
  return result;
}

std::string canonical_headers(const Headers& headers, const std::vector<std::string>& names) {
  const auto fields = sorted_by_name(headers);
  std::string result;
  auto next = fields.begin();
  for (const std::string_view name : names) {
    result += name;
    result += ':';
    while (next != fields.end() && less_ignoring_case((*next)->first, name)) ++next;
    for (bool first = true; next != fields.end() && equal_ignoring_case((*next)->first, name); ++next) {
      if (!first) result += ',';
      first = false;
      append_folded(result, (*next)->second);
    }
    result += '\n';
  }
  return result;
}

}  // namespace partsmith::protocol::sigv4
