#include "files/disk_room.h"

#include <fmt/format.h>

#include <partsmith/values/limits.h>

namespace partsmith::storage {
namespace {

// Of a few deletions, after which the log begins anew.
constexpr std::uint64_t log_growth = 2 * limits::mib;

}  // namespace

std::expected<void, StoreError> DiskRoom::check(std::uint64_t more) const {
  const auto left = folder_.room();
  if (!left) return std::unexpected(left.error().to_store_error());
  // A log can begin anew when its pages have moved to the database, which may have to grow by all of them.
  const auto log = folder_.look("partsmith.db-wal");
  const std::uint64_t kept = log_growth + (log ? log->size : 0);
  if (*left >= kept && *left - kept >= more) return {};
  return std::unexpected(
      StoreError{StoreErrorCode::out_of_space,
                 fmt::format("{} has {} bytes left, of which {} are kept for the database, and {} are wanted",
                             folder_.path().string(), *left, kept, more)});
}

}  // namespace partsmith::storage
