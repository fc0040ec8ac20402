#include "listing.h"

#include <algorithm>

namespace partsmith::storage {

std::string behind_prefix(std::string_view prefix) {
  std::string behind(prefix);
  while (!behind.empty()) {
    const auto last = static_cast<unsigned char>(behind.back());
    if (last < 0xFF) {
      behind.back() = static_cast<char>(last + 1);
      return behind;
    }
    behind.pop_back();
  }
  return behind_all_keys;
}

std::string behind_key(std::string_view key) {
  std::string behind(key);
  behind.push_back('\0');
  return behind;
}

std::optional<std::string> ListingScope::group_of(std::string_view key) const {
  if (delimiter.empty() || !key.starts_with(prefix)) return std::nullopt;
  const std::size_t found = key.find(delimiter, prefix.size());
  if (found == std::string_view::npos) return std::nullopt;
  return std::string(key.substr(0, found + delimiter.size()));
}

std::string ListingScope::begin_after(const std::string& after) const {
  if (after.empty()) return prefix;
  // A group that begins at or before `after` is left out whole.
  const auto group = group_of(after);
  return std::max(prefix, group ? behind_prefix(*group) : behind_key(after));
}

}  // namespace partsmith::storage
