#pragma once
/// The one way in which keys are listed: in byte order, under a prefix, grouped at a delimiter, a page at a
/// time. A group costs one look, however many keys it has: the walk goes on behind all of them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sqlite/session.h"

namespace partsmith::storage {

/// Behind every key: no UTF-8 text has this byte.
inline constexpr const char* behind_all_keys = "\xFF";

/// The smallest text greater than every text with this prefix.
std::string behind_prefix(std::string_view prefix);
/// The smallest text greater than this one.
std::string behind_key(std::string_view key);

/// Which keys, and how they are grouped.
struct ListingScope {
  std::string prefix;
  std::string delimiter;
  std::uint32_t limit = 0;  ///< keys and common prefixes together

  /// The common prefix that stands for the key.
  std::optional<std::string> group_of(std::string_view key) const;
  /// Where a listing begins whose keys and common prefixes are greater than `after`.
  std::string begin_after(const std::string& after) const;
};

/// Rows of one key are told apart by a number greater than 0 (uploads), or there is one row a key (objects).
struct ListingPosition {
  std::string key;
  std::int64_t number = 0;  ///< rows of `key` with a greater number, then those of greater keys
};

struct ListingEnd {
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  bool ends_with_group = false;  ///< the last entry given is the last common prefix
};

/// `seek(position, end)` gives rows from the position on, with keys less than `end`, ordered by key and
/// number, the key in column 0. `take(rows)` receives each row that is given as itself.
template <typename Seek, typename Take>
ListingEnd list(const ListingScope& scope, ListingPosition position, Seek seek, Take take) {
  ListingEnd end;
  if (scope.limit == 0) return end;  // as S3: empty, and not truncated
  const std::string behind = behind_prefix(scope.prefix);
  std::uint32_t given = 0;
  std::optional<ListingPosition> from = std::move(position);
  while (from) {
    const ListingPosition here = std::move(*from);  // outlives the rows, as what is bound to them must
    from.reset();
    sqlite::Rows rows = seek(here, behind);
    while (!from && rows.next()) {
      if (given == scope.limit) {
        end.truncated = true;
        return end;
      }
      ++given;
      auto group = scope.group_of(rows.text(0));
      end.ends_with_group = group.has_value();
      if (group) {
        from = ListingPosition{behind_prefix(*group), 0};
        end.common_prefixes.push_back(std::move(*group));
      } else {
        take(rows);
      }
    }
  }
  return end;
}

}  // namespace partsmith::storage
