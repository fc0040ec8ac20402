#include "sigv4_canonical.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <partsmith/protocol/uri.h>

namespace partsmith::protocol::sigv4 {

namespace {

/// A malformed percent sequence stays as it is.
std::string decoded(std::string_view text) {
  if (auto all = percent_decode(text)) return std::move(*all);
  std::string result;
  while (!text.empty()) {
    const auto length =
        text.front() == '%' && percent_decode(text.substr(0, 3)) ? std::size_t{3} : std::size_t{1};
    result += percent_decode(text.substr(0, length)).value_or("%");
    text.remove_prefix(length);
  }
  return result;
}

std::string canonical_query_piece(std::string_view raw) {
  std::string text(raw);
  std::ranges::replace(text, '+', ' ');
  return uri_encode(decoded(text), Slash::encode);
}

bool is_white_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

void append_folded(std::string& out, std::string_view value) {
  bool pending_space = false;
  bool begun = false;
  for (const char c : value) {
    if (is_white_space(c)) {
      pending_space = begun;
      continue;
    }
    if (pending_space) out += ' ';
    pending_space = false;
    begun = true;
    out += c;
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

std::string canonical_header_value(const Headers& headers, std::string_view name) {
  std::string result;
  bool first = true;
  for (const auto value : headers.all(name)) {
    if (!first) result += ',';
    first = false;
    append_folded(result, value);
  }
  return result;
}

}  // namespace partsmith::protocol::sigv4
