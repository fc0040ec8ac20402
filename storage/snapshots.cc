#include "local_store.h"
#include "manifests.h"
#include "rows.h"
#include "sqlite/queries.h"
#include "sqlite/whole_store_queries.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

constexpr std::size_t most_snapshots = 100;

/// The blobs that the statement names lose a reference for each time.
void drop_references(WriteTransaction& transaction, std::span<const BlobId> blobs) {
  for (const BlobId blob : blobs) drop_reference(transaction, blob);
}

template <typename... Values>
std::vector<BlobId> blobs_of(Session& db, const sqlite::Query& query, const Values&... values) {
  std::vector<BlobId> blobs;
  Rows rows = db.query(query, values...);
  while (rows.next()) blobs.push_back(rows.id<BlobId>(0));
  return blobs;
}

void forget(WriteTransaction& transaction, std::int64_t snapshot) {
  Session& db = transaction.db;
  drop_references(transaction, blobs_of(db, queries::kept_blobs, snapshot));
  for (const auto& query : queries::forget_kept) db.execute(query, snapshot);
  db.execute(queries::delete_snapshot, snapshot);
}

}  // namespace

Result<std::vector<SnapshotInfo>> LocalStore::snapshots() {
  return engine_->read([&](Session& db) -> Result<std::vector<SnapshotInfo>> {
    std::vector<SnapshotInfo> all;
    Rows rows = db.query(queries::snapshots);
    while (rows.next()) {
      all.push_back({.name = std::string(rows.text(1)), .taken = time_from(db, rows, 2)});
    }
    return all;
  });
}

Result<bool> LocalStore::take_snapshot(const std::string& name) {
  return engine_->write([&](WriteTransaction& transaction) -> Result<bool> {
    Session& db = transaction.db;
    if (const auto older = db.integer(queries::find_snapshot, name)) forget(transaction, *older);
    std::size_t count = 0;
    for (Rows rows = db.query(queries::snapshots); rows.next();) ++count;
    if (count >= most_snapshots) return false;
    db.execute(queries::insert_snapshot, name, to_milliseconds(engine_->now()));
    const std::int64_t snapshot = db.last_insert();
    for (const auto& query : queries::keep) db.execute(query, snapshot);
    db.execute(queries::add_kept_references, snapshot);
    return true;
  });
}

Result<bool> LocalStore::restore_snapshot(const std::string& name) {
  const DocumentsChange change(documents_revision_);
  return engine_->write([&](WriteTransaction& transaction) -> Result<bool> {
    Session& db = transaction.db;
    const auto snapshot = db.integer(queries::find_snapshot, name);
    if (!snapshot) return false;
    // First the references of what comes, so that nothing is freed that stays.
    db.execute(queries::add_kept_references, *snapshot);
    drop_references(transaction, blobs_of(db, queries::blobs_in_use));
    db.execute(queries::keep_greater_revisions, *snapshot);
    for (const auto& query : queries::empty_store) db.execute(query);
    for (const auto& query : queries::give_back) db.execute(query, *snapshot);
    transaction.starts_anew = true;
    return true;
  });
}

Result<bool> LocalStore::remove_snapshot(const std::string& name) {
  return engine_->write([&](WriteTransaction& transaction) -> Result<bool> {
    const auto snapshot = transaction.db.integer(queries::find_snapshot, name);
    if (snapshot) forget(transaction, *snapshot);
    return snapshot.has_value();
  });
}

Result<StoreTotals> LocalStore::totals() {
  return engine_->read([&](Session& db) -> Result<StoreTotals> {
    return StoreTotals{
        .bytes = static_cast<std::uint64_t>(db.integer(queries::total_bytes).value_or(0)),
        .open_uploads = static_cast<std::uint64_t>(db.integer(queries::count_uploads).value_or(0))};
  });
}

}  // namespace partsmith::storage
