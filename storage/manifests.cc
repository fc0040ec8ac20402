#include "manifests.h"

#include <algorithm>

#include "sqlite/queries.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

constexpr std::uint32_t share_page = 256;

SegmentPlace read_segment(const Rows& rows, std::uint64_t part_start) {
  SegmentPlace place{part_start + rows.size(0), rows.size(1), rows.id<BlobId>(2), rows.size(3), {}};
  if (!rows.is_null(4)) place.file = std::string(rows.text(4));
  return place;
}

BlobId new_blob(WriteTransaction& transaction, const std::optional<std::string>& file, std::uint64_t size) {
  transaction.db.execute(queries::insert_blob, file, size);
  transaction.added_bytes += static_cast<std::int64_t>(size);
  return static_cast<BlobId>(transaction.db.last_insert());
}

void drop_reference(WriteTransaction& transaction, BlobId blob) {
  bool unused = false;
  std::optional<std::string> file;
  {
    Rows rows = transaction.db.query(queries::drop_reference, blob);
    while (rows.next()) {
      unused = rows.integer(0) == 0;
      if (unused) transaction.added_bytes -= rows.integer(2);
      if (!rows.is_null(1)) file = std::string(rows.text(1));
    }
  }
  if (!unused) return;
  if (file) {
    transaction.freed.push_back({blob, std::move(*file)});
  } else {
    transaction.db.execute(queries::delete_blob_bytes, blob);
    transaction.db.execute(queries::delete_blob, blob);
  }
}

}  // namespace

ManifestId new_manifest(Session& db) {
  db.execute(queries::insert_manifest, 0);
  return static_cast<ManifestId>(db.last_insert());
}

std::uint64_t next_revision(Session& db, ManifestId manifest) {
  return static_cast<std::uint64_t>(db.integer(queries::next_revision, manifest).value_or(0));
}

std::vector<SegmentPlace> segments_from(Session& db, ManifestId manifest, std::uint64_t offset,
                                        std::uint32_t limit) {
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
  while (same_part.next()) places.push_back(read_segment(same_part, part_start));
  if (places.size() >= limit) return places;
  Rows later = db.query(queries::segments_after_part, manifest, part_number, limit - places.size());
  while (later.next()) places.push_back(read_segment(later, 0));
  return places;
}

void add_file_segment(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision,
                      const std::string& file, std::uint64_t size) {
  const BlobId blob = new_blob(transaction, file, size);
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
    const auto places = segments_from(db, source, position, share_page);
    for (const SegmentPlace& place : places) {
      if (place.start >= end) break;
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

void free_revision(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision) {
  {
    Rows blobs = transaction.db.query(queries::blobs_of_revision, manifest, revision);
    while (blobs.next()) drop_reference(transaction, blobs.id<BlobId>(0));
  }
  transaction.db.execute(queries::delete_segments_of_revision, manifest, revision);
}

namespace {

void free_at_once(WriteTransaction& transaction, ManifestId manifest, std::span<const StoredPart> parts) {
  for (const StoredPart& part : parts) {
    free_revision(transaction, manifest, part.revision);
    transaction.db.execute(queries::delete_part, manifest, part.number);
  }
  transaction.parts_to_free -= parts.size();
}

/// Parts with the lowest numbers.
std::vector<StoredPart> first_parts(Session& db, ManifestId manifest, std::size_t count) {
  std::vector<StoredPart> parts;
  Rows rows = db.query(queries::part_sizes, manifest);
  while (parts.size() < count && rows.next()) {
    parts.push_back({static_cast<std::uint32_t>(rows.integer(0)), rows.size(1), rows.size(2)});
  }
  return parts;
}

}  // namespace

void free_parts(WriteTransaction& transaction, ManifestId manifest, std::span<const StoredPart> parts) {
  Session& db = transaction.db;
  const std::size_t now = std::min(parts.size(), transaction.parts_to_free);
  free_at_once(transaction, manifest, parts.first(now));
  const auto later = parts.subspan(now);
  if (later.empty()) return;
  const ManifestId theirs = new_manifest(db);
  for (const StoredPart& part : later) {
    db.execute(queries::move_part, manifest, part.number, theirs);
    db.execute(queries::move_segments, manifest, part.revision, theirs);
  }
  db.execute(queries::mark_released, theirs);
  transaction.set_aside.push_back(theirs);
}

void release_manifest(WriteTransaction& transaction, ManifestId manifest) {
  Session& db = transaction.db;
  if (!db.integer(queries::manifest_exists, manifest)) return;
  if (!transaction.leases.end(manifest)) {
    db.execute(queries::mark_released, manifest);
    transaction.set_aside.push_back(manifest);
    return;
  }
  transaction.ended.push_back(manifest);
  const auto parts = first_parts(db, manifest, transaction.parts_to_free + 1);
  if (parts.size() > transaction.parts_to_free) {
    free_at_once(transaction, manifest, std::span(parts).first(transaction.parts_to_free));
    db.execute(queries::mark_released, manifest);
    transaction.set_aside.push_back(manifest);
    return;
  }
  free_at_once(transaction, manifest, parts);
  if (transaction.parts_to_free > 0) --transaction.parts_to_free;  // one without parts takes time, too
  db.execute(queries::delete_manifest, manifest);
}

void remove_object(WriteTransaction& transaction, ManifestId object) {
  transaction.db.execute(queries::delete_object, object);
  release_manifest(transaction, object);
}

}  // namespace partsmith::storage
