#include "manifests.h"

#include <algorithm>
#include <limits>

#include "sqlite/queries.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

constexpr std::uint32_t share_page = 256;

/// Fails the session when the row makes no sense.
SegmentPlace read_segment(Session& db, const Rows& rows, std::uint64_t part_start) {
  SegmentPlace place{part_start + rows.size(0), rows.size(1), rows.id<BlobId>(2), rows.size(3), {}};
  if (rows.is_null(4)) return place;
  place.file = BlobName::parse(rows.text(4));
  if (!place.file) db.fail({StoreErrorCode::damaged, "a blob's name is none of the store's making"});
  return place;
}

BlobId new_blob(WriteTransaction& transaction, const std::optional<std::string_view>& file,
                std::uint64_t size) {
  transaction.db.execute(queries::insert_blob, file, size);
  transaction.added_bytes += static_cast<std::int64_t>(size);
  return static_cast<BlobId>(transaction.db.last_insert());
}

}  // namespace

void drop_reference(WriteTransaction& transaction, BlobId blob) {
  Session& db = transaction.db;
  bool is_last = false;
  bool has_file = false;
  std::optional<BlobName> file;
  {
    Rows rows = db.query(queries::referenced_blob, blob);
    if (!rows.next()) return;
    is_last = rows.integer(0) == 1;
    // What has lost its sense can be deleted all the same; fsck puts the total right.
    if (is_last) transaction.added_bytes -= std::clamp<std::int64_t>(rows.integer(2), 0, Rows::max_size);
    has_file = !rows.is_null(1);
    if (has_file) file = BlobName::parse(rows.text(1));
  }
  if (is_last && !has_file) {
    db.execute(queries::delete_blob_bytes, blob);
    db.execute(queries::delete_blob_with_reference, blob);
    return;
  }
  db.execute(queries::drop_reference, blob);
  if (is_last) transaction.freed.push_back({blob, std::move(file)});
}

ManifestId new_manifest(Session& db) {
  db.execute(queries::insert_manifest, 0);
  return static_cast<ManifestId>(db.last_insert());
}

std::uint64_t next_revision(Session& db, ManifestId manifest) {
  const auto last = db.integer(queries::last_revision, manifest);
  if (!last) return 0;
  db.execute(queries::set_last_revision, manifest, *last + 1);
  return static_cast<std::uint64_t>(*last + 1);
}

std::vector<SegmentPlace> segments_from(Session& db, ManifestId manifest, std::uint64_t offset,
                                        std::uint64_t end, std::uint32_t limit) {
  std::vector<SegmentPlace> places;
  std::int64_t part_number = 0;
  std::uint64_t revision = 0;
  std::uint64_t part_start = 0;
  {
    Rows part = db.query(queries::part_at, manifest, offset);
    if (!part.next()) return places;
    part_number = part.integer(0);
    revision = part.size(1);
    part_start = part.size(2);
  }
  const auto first = db.integer(queries::segment_at, manifest, revision, offset - part_start);
  if (!first) return places;
  Rows same_part = db.query(queries::segments_of_part, manifest, revision, *first, limit);
  while (same_part.next()) places.push_back(read_segment(db, same_part, part_start));
  const bool reach_end = !places.empty() && places.back().start + places.back().length >= end;
  if (reach_end || places.size() >= limit) return places;
  Rows later = db.query(queries::segments_after_part, manifest, part_number, limit - places.size());
  while (later.next()) places.push_back(read_segment(db, later, 0));
  return places;
}

void add_file_segment(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision,
                      const BlobName& file, std::uint64_t size) {
  const BlobId blob = new_blob(transaction, file.text(), size);
  transaction.db.execute(queries::insert_segment, manifest, revision, 0, size, blob, 0);
}

void add_inline_segment(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision,
                        ByteView bytes) {
  Session& db = transaction.db;
  const BlobId blob = new_blob(transaction, std::nullopt, bytes.size());
  db.execute(queries::insert_blob_bytes, blob, bytes);
  db.execute(queries::insert_segment, manifest, revision, 0, bytes.size(), blob, 0);
}

void share_segments(Session& db, ManifestId manifest, std::uint64_t revision, ManifestId source,
                    std::uint64_t offset, std::uint64_t length) {
  const std::uint64_t end = offset + length;
  std::uint64_t position = offset;
  while (position < end && !db.failed()) {
    const auto places = segments_from(db, source, position, end, share_page);
    for (const SegmentPlace& place : places) {
      if (position >= end) break;
      if (place.start > position || position - place.start >= place.length) {
        return db.fail({StoreErrorCode::damaged, "an object's segments do not follow each other"});
      }
      const std::uint64_t skipped = position - place.start;
      const std::uint64_t taken = std::min(place.start + place.length, end) - position;
      db.execute(queries::insert_segment, manifest, revision, position - offset, taken, place.blob,
                 place.blob_offset + skipped);
      db.execute(queries::add_reference, place.blob);
      position += taken;
    }
    if (places.empty()) db.fail({StoreErrorCode::damaged, "an object's segments do not cover it"});
  }
}

namespace {

constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();

/// False when segments are left, for the transaction may free no more.
bool free_segments(WriteTransaction& transaction, ManifestId manifest, std::int64_t first_revision,
                   std::int64_t last_revision) {
  const std::size_t most = transaction.rows_to_free;
  std::size_t count = 0;
  std::int64_t revision = 0;
  std::int64_t start = 0;
  {
    Rows rows =
        transaction.db.query(queries::segments_of_revisions, manifest, first_revision, last_revision, most);
    for (; rows.next(); ++count) {
      drop_reference(transaction, rows.id<BlobId>(2));
      revision = rows.integer(0);
      start = rows.integer(1);
    }
  }
  if (count > 0) {
    transaction.db.execute(queries::delete_segments, manifest, first_revision, revision, start);
    transaction.db.must_have_changed(count);
  }
  transaction.rows_to_free -= count;
  return count < most;
}

/// The part's segments and its row; false when segments are left, and the row with them.
bool free_part(WriteTransaction& transaction, ManifestId manifest, std::int64_t number,
               std::uint64_t revision) {
  const auto of_part = static_cast<std::int64_t>(revision);
  if (!free_segments(transaction, manifest, of_part, of_part)) return false;
  transaction.db.execute(queries::delete_part, manifest, number);
  transaction.db.must_have_changed(1);
  --transaction.rows_to_free;
  return true;
}

/// The rows of all parts, whose segments have gone; false when some are left.
bool delete_parts(WriteTransaction& transaction, ManifestId manifest) {
  const auto behind = transaction.db.integer(queries::part_behind, manifest, transaction.rows_to_free);
  const std::size_t most = transaction.rows_to_free;
  transaction.db.execute(queries::delete_parts_before, manifest, behind.value_or(greatest));
  transaction.rows_to_free -= std::min(most, transaction.db.changed());
  if (behind) transaction.db.must_have_changed(most);
  return !behind;
}

void mark_surplus(WriteTransaction& transaction, ManifestId manifest) {
  transaction.db.execute(queries::set_release, manifest, Release::surplus);
  transaction.surplus.push_back(manifest);
}

void free_surplus(WriteTransaction& transaction, ManifestId manifest) {
  Session& db = transaction.db;
  const bool is_upload = db.integer(queries::upload_exists, manifest).has_value();
  std::vector<StoredPart> parts;
  {
    Rows rows = db.query(is_upload ? queries::surplus_of_upload : queries::surplus_of_object, manifest,
                         transaction.rows_to_free + 1);
    while (rows.next()) parts.push_back({rows.integer(0), rows.size(1), 0, {}});
  }
  for (const StoredPart& part : parts) {
    if (!free_part(transaction, manifest, part.number, part.revision)) {
      transaction.surplus.push_back(manifest);
      return;
    }
  }
  db.execute(queries::set_release, manifest, Release::none);
}

}  // namespace

void free_replaced_part(WriteTransaction& transaction, ManifestId manifest, PartNumber number,
                        std::uint64_t revision) {
  if (free_part(transaction, manifest, number.value(), revision)) return;
  transaction.db.execute(queries::hide_part, manifest, number.value());
  mark_surplus(transaction, manifest);
}

void free_unchosen_parts(WriteTransaction& transaction, ManifestId manifest,
                         std::span<const StoredPart> parts) {
  const auto waits = std::ranges::find_if_not(parts, [&](const StoredPart& part) {
    return free_part(transaction, manifest, part.number, part.revision);
  });
  if (waits == parts.end()) return;
  for (const StoredPart& part : std::ranges::subrange(waits, parts.end())) {
    transaction.db.execute(queries::set_part_start, manifest, part.number, std::optional<std::uint64_t>{});
  }
  mark_surplus(transaction, manifest);
}

void release_manifest(WriteTransaction& transaction, ManifestId manifest) {
  Session& db = transaction.db;
  if (transaction.leases.end(manifest)) {
    transaction.ended.push_back(manifest);
    if (free_segments(transaction, manifest, 0, greatest) && delete_parts(transaction, manifest)) {
      db.execute(queries::delete_manifest, manifest);
      // One without parts takes time, too.
      if (transaction.rows_to_free > 0) --transaction.rows_to_free;
      return;
    }
  }
  db.execute(queries::set_release, manifest, Release::released);
  transaction.mark_released.push_back(manifest);
}

void free_released(WriteTransaction& transaction, ManifestId manifest) {
  const auto release = transaction.db.integer(queries::manifest_release, manifest);
  if (!release) return;
  switch (static_cast<Release>(*release)) {
    case Release::none:
      return;
    case Release::released:
      return release_manifest(transaction, manifest);
    case Release::surplus:
      return free_surplus(transaction, manifest);
  }
  transaction.db.fail({StoreErrorCode::damaged, "a manifest's `released` has no meaning"});
}

void remove_object(WriteTransaction& transaction, const ObjectRow& object) {
  transaction.db.execute(queries::delete_object, object.manifest);
  if (!transaction.large_object.includes(object.info)) {
    return release_manifest(transaction, object.manifest);
  }
  transaction.db.execute(queries::set_release, object.manifest, Release::released);
  transaction.free_later.push_back(object.manifest);
}

}  // namespace partsmith::storage
