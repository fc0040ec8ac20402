#pragma once
/// The plain twin of the aws-chunked decoder.

#include <optional>
#include <string>
#include <string_view>

#include <partsmith/values/limits.h>

#include "aws_chunked_support.h"

namespace partsmith::protocol::chunked {

/// Takes a line with its LF off the text; nothing when there is none.
inline std::optional<std::string> cut_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string line(text.substr(0, end + 1));
  text.remove_prefix(end + 1);
  return line;
}

/// A whole body at once, in the plainest way: what the unsigned form is. It knows well-formed bodies from
/// others, not why.
inline std::optional<Outcome> decode_plainly(std::string_view body) {
  Outcome outcome;
  for (bool small_before = false;;) {
    auto head = cut_line(body);
    if (!head || !head->ends_with("\r\n")) return std::nullopt;
    head->resize(head->size() - 2);
    // A signature is taken, as documented of the signed forms, and not looked at.
    if (const auto signature = head->find(";chunk-signature="); signature != std::string::npos) {
      if (head->size() - signature != 17 + 64 || head->find(';', signature + 1) != std::string::npos) {
        return std::nullopt;
      }
      head->resize(signature);
    }
    if (head->size() > 16) return std::nullopt;
    if (head->empty() || head->find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
      return std::nullopt;
    const auto size = std::stoull(*head, nullptr, 16);
    if (size == 0) break;
    if (small_before || size > body.size() || !body.substr(size).starts_with("\r\n")) return std::nullopt;
    small_before = size < 8192;
    outcome.data += body.substr(0, size);
    body.remove_prefix(size + 2);
  }
  if (body.size() > limits::max_trailer_bytes) return std::nullopt;
  while (!body.empty()) {
    const auto end = body.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    std::string line(body.substr(0, end));
    body.remove_prefix(end + 2);
    if (line.ends_with('\n')) line.pop_back();
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto name = lower_case(line.substr(0, colon));
    constexpr std::string_view token = "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";
    if (name.empty() || name.find_first_not_of(token) != std::string::npos) return std::nullopt;
    std::erase_if(outcome.trailers, [&](const Headers::Field& field) { return field.first == name; });
    outcome.trailers.emplace_back(name, trimmed(std::string_view(line).substr(colon + 1)));
  }
  return outcome;
}

}  // namespace partsmith::protocol::chunked
