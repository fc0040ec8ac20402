#pragma once
/// The statements of fsck. They look through whole tables on purpose, each in the order of its key.

#include "sqlite/connection.h"

namespace partsmith::storage::fsck::queries {

using sqlite::Query;

inline constexpr Query quick_check{"PRAGMA quick_check(20)"};
inline constexpr Query integrity_check{"PRAGMA integrity_check(20)"};

// ---- buckets
inline constexpr Query buckets{"SELECT name, id, region, created_ms, versioning FROM buckets ORDER BY id"};
/// Of buckets that are not there. Where something else is left of a bucket, only its row is missing.
#define PARTSMITH_STRAY_DOCUMENTS                                                         \
  "FROM bucket_documents WHERE NOT EXISTS (SELECT 1 FROM buckets b WHERE b.id = bucket) " \
  "AND NOT EXISTS (SELECT 1 FROM objects o WHERE o.bucket = bucket_documents.bucket) "    \
  "AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.bucket = bucket_documents.bucket)"
inline constexpr Query stray_documents{"SELECT bucket, kind " PARTSMITH_STRAY_DOCUMENTS};
inline constexpr Query delete_stray_documents{"DELETE " PARTSMITH_STRAY_DOCUMENTS};
#undef PARTSMITH_STRAY_DOCUMENTS

// ---- the walk over manifests: five streams in the order of manifests
inline constexpr Query manifests{"SELECT id, released FROM manifests ORDER BY id"};
inline constexpr Query objects{
    "SELECT o.manifest, b.name, o.key, o.size, o.part_count, o.marker "
    "FROM objects o LEFT JOIN buckets b ON b.id = o.bucket ORDER BY o.manifest"};
inline constexpr Query uploads{
    "SELECT u.manifest, b.name, u.key FROM uploads u LEFT JOIN buckets b ON b.id = u.bucket "
    "ORDER BY u.manifest"};
inline constexpr Query parts{
    "SELECT manifest, part_number, revision, start, size FROM parts ORDER BY manifest, part_number"};
inline constexpr Query segments{
    "SELECT s.manifest, s.revision, s.start, s.length, s.blob, s.blob_offset, b.size "
    "FROM segments s LEFT JOIN blobs b ON b.id = s.blob ORDER BY s.manifest, s.revision, s.start"};
/// Versions that are the newest of their key and not marked so, or the other way round, and second null
/// versions.
inline constexpr Query wrong_versions{
    "SELECT o.manifest, b.name, o.key FROM objects o LEFT JOIN buckets b ON b.id = o.bucket "
    "WHERE o.latest = (EXISTS (SELECT 1 FROM objects n WHERE n.latest = 1 AND n.marker = 0 "
    "AND n.bucket = o.bucket AND n.key = o.key AND n.manifest > o.manifest) "
    "OR EXISTS (SELECT 1 FROM objects n WHERE (n.latest = 0 OR n.marker = 1) "
    "AND n.bucket = o.bucket AND n.key = o.key AND -n.manifest < -o.manifest)) "
    "OR (o.latest = 1 AND o.marker = 0 AND o.version_id IS NULL AND EXISTS (SELECT 1 FROM objects n "
    "WHERE (n.latest = 0 OR n.marker = 1) AND n.version_id IS NULL AND n.bucket = o.bucket "
    "AND n.key = o.key)) ORDER BY o.manifest"};
inline constexpr Query delete_manifests{
    "DELETE FROM manifests WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.manifest = manifests.id) "
    "AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.manifest = manifests.id)"};
inline constexpr Query delete_parts{
    "DELETE FROM parts WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.manifest = parts.manifest) "
    "AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.manifest = parts.manifest)"};
inline constexpr Query delete_surplus_of_objects{
    "DELETE FROM parts WHERE start IS NULL AND EXISTS (SELECT 1 FROM manifests m WHERE m.id = parts.manifest "
    "AND m.released = 2) AND EXISTS (SELECT 1 FROM objects o WHERE o.manifest = parts.manifest)"};
inline constexpr Query delete_replaced_parts{
    "DELETE FROM parts WHERE part_number < 0 AND EXISTS (SELECT 1 FROM manifests m WHERE m.id = "
    "parts.manifest "
    "AND m.released = 2)"};
inline constexpr Query end_surplus{"UPDATE manifests SET released = 0 WHERE released = 2"};
inline constexpr Query delete_segments{
    "DELETE FROM segments WHERE NOT EXISTS (SELECT 1 FROM parts p WHERE p.manifest = segments.manifest "
    "AND p.revision = segments.revision)"};

// ---- blobs
/// An index of segments by blob would cost every write; a sorted copy costs only fsck.
inline constexpr Query make_counts{
    "CREATE TEMP TABLE reference_counts(blob INTEGER PRIMARY KEY, refs INTEGER NOT NULL)"};
inline constexpr Query count_references{
    "INSERT INTO reference_counts SELECT blob, count(*) FROM (SELECT blob FROM segments UNION ALL "
    "SELECT blob FROM kept_segments) GROUP BY blob ORDER BY blob"};
inline constexpr Query blobs{
    "SELECT b.id, b.name, b.size, b.refs, coalesce(c.refs, 0), length(y.bytes) "
    "FROM blobs b LEFT JOIN reference_counts c ON c.blob = b.id LEFT JOIN blob_bytes y ON y.blob = b.id "
    "ORDER BY b.id"};
inline constexpr Query set_references{
    "UPDATE blobs SET refs = coalesce((SELECT c.refs FROM reference_counts c WHERE c.blob = blobs.id), 0) "
    "WHERE refs <> coalesce((SELECT c.refs FROM reference_counts c WHERE c.blob = blobs.id), 0)"};
inline constexpr Query delete_unused{"DELETE FROM blobs WHERE refs = 0"};
inline constexpr Query stray_bytes{
    "SELECT blob FROM blob_bytes y WHERE NOT EXISTS (SELECT 1 FROM blobs b WHERE b.id = y.blob AND b.name IS "
    "NULL)"};
inline constexpr Query delete_stray_bytes{
    "DELETE FROM blob_bytes WHERE NOT EXISTS (SELECT 1 FROM blobs b WHERE b.id = blob_bytes.blob "
    "AND b.name IS NULL)"};
inline constexpr Query set_total{"INSERT OR REPLACE INTO totals(id, bytes) VALUES(1, ?1)"};

// ---- one object or upload, for its content
inline constexpr Query object_facts{
    "SELECT attributes, etag, checksum_algorithm, checksum, checksum_type, upload_id "
    "FROM objects WHERE manifest = ?1"};
inline constexpr Query upload_facts{"SELECT attributes FROM uploads WHERE manifest = ?1"};

}  // namespace partsmith::storage::fsck::queries
