// What the engine does about bytes that nobody needs any more: rows go first, then files, then the files'
// rows.

#include <algorithm>

#include "engine.h"
#include "manifests.h"
#include "sqlite/queries.h"

namespace partsmith::storage {

using sqlite::Session;

namespace {

constexpr std::size_t rows_deleted_at_once = 1024;
// With `disk`: so many removed files share the syncs of their folders.
constexpr std::size_t files_settled_at_once = 256;
// Nobody waits for what is freed after the answer, and other writers wait for each of its transactions.
constexpr std::size_t rows_freed_later_at_once = 250;

}  // namespace

void Engine::release(std::uint64_t opening, const ObjectRow& object) {
  if (!leases_.drop(opening, object.manifest)) return;
  ToReclaim ended;
  (seams_.large_object.includes(object.info) ? ended.later : ended.now).push_back(object.manifest);
  reclaim_all(std::move(ended));
}

void Engine::reclaim(std::vector<ManifestId> manifests) {
  while (!manifests.empty() && reclaim_some(manifests, seams_.rows_freed_at_once)) continue;
}

bool Engine::reclaim_some(std::vector<ManifestId>& manifests, std::size_t rows) {
  std::size_t left = 0;
  ToReclaim unfinished;
  const auto work = [&](WriteTransaction& transaction) {
    for (left = manifests.size(); left > 0 && transaction.rows_to_free > 0; --left) {
      free_released(transaction, manifests[left - 1]);
    }
    return true;
  };
  if (const auto failure = transact(work, nullptr, rows, unfinished)) {
    log("bytes that are no longer needed are kept until the next start: " + failure->detail);
    return false;
  }
  manifests.resize(left);
  manifests.insert(manifests.end(), unfinished.now.begin(), unfinished.now.end());
  return true;
}

bool Engine::reclaim_step(ManifestId manifest) {
  std::vector<ManifestId> left{manifest};
  return reclaim_some(left, std::min(rows_freed_later_at_once, seams_.rows_freed_at_once)) && !left.empty();
}

void Engine::reclaim_all(ToReclaim manifests) {
  reclaim(std::move(manifests.now));
  for (const ManifestId manifest : manifests.later) {
    if (!reclaimer_.add(manifest)) reclaim({manifest});
  }
}

void Engine::remove_files(const std::vector<FreedFile>& files) {
  std::vector<FreedFile> removed;
  for (const FreedFile& file : files) {
    const auto gone = file.name ? blobs_.remove(*file.name) : std::expected<void, StoreError>();
    if (gone) {
      removed.push_back(file);
    } else {
      log("a file that is no longer needed is kept until the next start: " + gone.error().detail);
    }
  }
  const std::size_t enough = options_.durability == Durability::disk ? files_settled_at_once : 1;
  {
    const std::scoped_lock lock(removed_mutex_);
    unsettled_.insert(unsettled_.end(), removed.begin(), removed.end());
    if (unsettled_.size() < enough) return;
  }
  settle_removed_files();
}

/// A row may go when its file cannot come back: nobody would know that file.
void Engine::settle_removed_files() {
  std::vector<FreedFile> files;
  {
    const std::scoped_lock lock(removed_mutex_);
    files.swap(unsettled_);
  }
  std::vector<BlobName> names;
  for (const FreedFile& file : files) {
    if (file.name) names.push_back(*file.name);
  }
  const auto settled = blobs_.settle_removed(names);
  if (!settled) log("rows of removed files are kept for now: " + settled.error().detail);
  const std::scoped_lock lock(removed_mutex_);
  for (FreedFile& file : files) {
    if (settled) {
      removed_.push_back(file.blob);
    } else {
      unsettled_.push_back(std::move(file));
    }
  }
}

void Engine::delete_rows_of_removed_files(Session& db) {
  {
    const std::scoped_lock lock(removed_mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(removed_.size(), rows_deleted_at_once));
    removed_in_flight_.assign(removed_.end() - count, removed_.end());
    removed_.erase(removed_.end() - count, removed_.end());
  }
  for (const BlobId blob : removed_in_flight_) db.execute(queries::delete_blob, blob);
}

void Engine::rows_deleted(bool committed) {
  if (committed) return;
  const std::scoped_lock lock(removed_mutex_);
  removed_.insert(removed_.end(), removed_in_flight_.begin(), removed_in_flight_.end());
}

}  // namespace partsmith::storage
