#include "worlds/reset.h"

#include "journal/journal.h"

namespace partsmith::server {

std::expected<void, std::string> reset(World& world) {
  if (const auto emptied = empty_store(world.store); !emptied) {
    return std::unexpected("the world can't be emptied: " + emptied.error().detail);
  }
  forget_test(world);
  return {};
}

void forget_test(World& world) {
  world.faults->clear();
  if (world.journal) world.journal->clear();
  if (world.movable_clock != nullptr) world.movable_clock->reset();
  world.settings->minimum_part_bytes = world.rules.minimum_part_bytes;
}

storage::Result<void> empty_store(storage::Store& store) {
  while (true) {
    const auto buckets = store.buckets("", "", limits::max_page);
    if (!buckets) return std::unexpected(buckets.error());
    if (buckets->buckets.empty()) return {};
    for (const auto& bucket : buckets->buckets) {
      while (true) {
        const auto page = store.list_versions(
            bucket.name, {.prefix = {}, .delimiter = {}, .key_marker = {}, .version_marker = {}});
        if (!page) return std::unexpected(page.error());
        for (const auto& object : page->versions) {
          if (const auto deleted = store.delete_object(bucket.name, object.key, std::nullopt, object.version,
                                                       storage::LockOverride::everything);
              !deleted)
            return std::unexpected(deleted.error());
        }
        if (!page->truncated) break;
      }
      if (const auto deleted = store.delete_bucket(bucket.name); !deleted) return deleted;
    }
  }
}

}  // namespace partsmith::server
