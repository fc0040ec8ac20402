#include "header_lines.h"

#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace partsmith::server {
namespace {

constexpr std::size_t few = 32;  ///< so many are compared with each other faster than they are sorted

/// False is certain; true for many lines is worth a closer look.
bool may_repeat(const protocol::Headers& headers) {
  if (headers.size() > few) return true;
  for (auto a = headers.begin(); a != headers.end(); ++a) {
    for (auto b = std::next(a); b != headers.end(); ++b) {
      if (a->first.size() == b->first.size() && protocol::equal_ignoring_case(a->first, b->first))
        return true;
    }
  }
  return false;
}

}  // namespace

std::optional<protocol::Headers> joined_lines(const protocol::Headers& headers) {
  if (!may_repeat(headers)) return std::nullopt;
  std::vector<protocol::Headers::Field> fields;
  std::map<std::string, std::size_t> places;
  for (const auto& [name, value] : headers) {
    std::string lower = protocol::lower_case(name);
    const bool on_its_own = lower.starts_with("x-amz-meta-");
    const auto [place, first] = places.try_emplace(std::move(lower), fields.size());
    if (first || on_its_own) {
      fields.emplace_back(name, value);
    } else {
      fields[place->second].second += ',' + value;
    }
  }
  if (fields.size() == headers.size()) return std::nullopt;
  protocol::Headers joined;
  for (auto& [name, value] : fields) joined.add(std::move(name), std::move(value));
  return joined;
}

}  // namespace partsmith::server
