#pragma once
/// Every statement that the store runs, in one place: a test asks SQLite for the plan of each, and none may
/// scan a table. None has RETURNING: SQLite makes a table for its rows each time, which takes five times what
/// a look at the row and a change take.

#include <array>

#include "sqlite/connection.h"

namespace partsmith::storage::queries {

using sqlite::Query;

// ---- transactions and the database itself
inline constexpr Query begin_read{"BEGIN"};
inline constexpr Query begin_write{"BEGIN IMMEDIATE"};
inline constexpr Query commit{"COMMIT"};
inline constexpr Query rollback{"ROLLBACK"};
inline constexpr Query savepoint{"SAVEPOINT job"};
inline constexpr Query release_savepoint{"RELEASE job"};
inline constexpr Query rollback_to_savepoint{"ROLLBACK TO job"};
inline constexpr Query application_id{"PRAGMA application_id"};
inline constexpr Query user_version{"PRAGMA user_version"};
inline constexpr Query free_pages{"PRAGMA freelist_count"};
inline constexpr Query page_size{"PRAGMA page_size"};
inline constexpr Query count_schema{"SELECT count(*) FROM sqlite_schema"};
inline constexpr Query schema{"SELECT type, name, sql FROM sqlite_schema"};

/// The two halves of `objects`, each with its index: what can be seen, and the rest of the versions. The
/// indices are found by these very words.
#define PARTSMITH_CURRENT "latest = 1 AND marker = 0"
#define PARTSMITH_OTHERS "(latest = 0 OR marker = 1)"

// ---- buckets
inline constexpr Query find_bucket{
    "SELECT name, id, region, created_ms, versioning FROM buckets WHERE name = ?1"};
inline constexpr Query insert_bucket{"INSERT INTO buckets(name, region, created_ms) VALUES(?1, ?2, ?3)"};
inline constexpr Query delete_bucket{"DELETE FROM buckets WHERE id = ?1"};
inline constexpr Query list_buckets{
    "SELECT name, id, region, created_ms, versioning FROM buckets WHERE name >= ?1 AND name < ?2 ORDER BY "
    "name"};
inline constexpr Query set_versioning{"UPDATE buckets SET versioning = ?2 WHERE id = ?1"};
inline constexpr Query bucket_has_version{"SELECT 1 FROM objects WHERE " PARTSMITH_CURRENT
                                          " AND bucket = ?1 UNION ALL SELECT 1 FROM objects "
                                          "WHERE " PARTSMITH_OTHERS " AND bucket = ?1 LIMIT 1"};
inline constexpr Query bucket_uploads{"SELECT manifest FROM uploads WHERE bucket = ?1"};
inline constexpr Query release_bucket_uploads{
    "UPDATE manifests SET released = 1 WHERE id IN (SELECT manifest FROM uploads WHERE bucket = ?1)"};
inline constexpr Query delete_bucket_uploads{"DELETE FROM uploads WHERE bucket = ?1"};

// ---- what a bucket is configured with
inline constexpr Query put_bucket_document{
    "INSERT OR REPLACE INTO bucket_documents(bucket, kind, document) VALUES(?1, ?2, ?3)"};
inline constexpr Query find_bucket_document{
    "SELECT document FROM bucket_documents WHERE bucket = ?1 AND kind = ?2"};
inline constexpr Query delete_bucket_document{"DELETE FROM bucket_documents WHERE bucket = ?1 AND kind = ?2"};
inline constexpr Query delete_bucket_documents{"DELETE FROM bucket_documents WHERE bucket = ?1"};

// ---- objects: one list of columns, read by read_object()
#define PARTSMITH_OBJECT_COLUMNS                                                                          \
  "key, manifest, size, etag, checksum_algorithm, checksum, checksum_type, checksum_parts, modified_ms, " \
  "attributes, part_count, upload_id, version_id, latest, marker"
inline constexpr Query find_object{"SELECT " PARTSMITH_OBJECT_COLUMNS " FROM objects WHERE " PARTSMITH_CURRENT
                                   " AND bucket = ?1 AND key = ?2"};
inline constexpr Query newest_other_version{"SELECT " PARTSMITH_OBJECT_COLUMNS
                                            " FROM objects WHERE " PARTSMITH_OTHERS
                                            " AND bucket = ?1 AND key = ?2 ORDER BY -manifest LIMIT 1"};
inline constexpr Query find_version{
    "SELECT " PARTSMITH_OBJECT_COLUMNS
    " FROM objects WHERE manifest = ?1 AND version_id = ?2 AND bucket = ?3 AND key = ?4"};
inline constexpr Query other_null_version{"SELECT " PARTSMITH_OBJECT_COLUMNS
                                          " FROM objects WHERE " PARTSMITH_OTHERS
                                          " AND version_id IS NULL AND bucket = ?1 AND key = ?2"};
inline constexpr Query find_object_of_upload{
    "SELECT " PARTSMITH_OBJECT_COLUMNS
    " FROM objects WHERE manifest = ?1 AND upload_id = ?2 AND bucket = ?3 AND key = ?4"};
inline constexpr Query list_objects{"SELECT " PARTSMITH_OBJECT_COLUMNS
                                    " FROM objects WHERE " PARTSMITH_CURRENT
                                    " AND bucket = ?1 AND key >= ?2 AND key < ?3 ORDER BY key"};
/// A version's place is its key and its manifest's number, negative: the newest comes first.
inline constexpr Query list_versions{
    "SELECT " PARTSMITH_OBJECT_COLUMNS ", -manifest FROM objects WHERE " PARTSMITH_CURRENT
    " AND bucket = ?1 AND (key, -manifest) > (?2, ?3) AND key < ?4 "
    "UNION ALL SELECT " PARTSMITH_OBJECT_COLUMNS ", -manifest FROM objects WHERE " PARTSMITH_OTHERS
    " AND bucket = ?1 AND (key, -manifest) > (?2, ?3) AND key < ?4 ORDER BY 1, 16"};
#undef PARTSMITH_OBJECT_COLUMNS
inline constexpr Query insert_object{
    "INSERT INTO objects(manifest, bucket, key, size, etag, checksum_algorithm, checksum, checksum_type, "
    "checksum_parts, modified_ms, attributes, part_count, upload_id, version_id, latest, marker) "
    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"};
inline constexpr Query set_latest{"UPDATE objects SET latest = ?2 WHERE manifest = ?1"};
inline constexpr Query set_attributes{"UPDATE objects SET attributes = ?2 WHERE manifest = ?1"};
inline constexpr Query delete_object{"DELETE FROM objects WHERE manifest = ?1"};
#undef PARTSMITH_CURRENT
#undef PARTSMITH_OTHERS

// ---- uploads: one list of columns, read by read_upload()
#define PARTSMITH_UPLOAD_COLUMNS \
  "key, manifest, upload_id, initiated_ms, attributes, checksum_algorithm, checksum_type, key_deleted"
inline constexpr Query find_upload{
    "SELECT " PARTSMITH_UPLOAD_COLUMNS
    " FROM uploads WHERE manifest = ?1 AND upload_id = ?2 AND bucket = ?3 AND key = ?4"};
inline constexpr Query list_uploads{
    "SELECT " PARTSMITH_UPLOAD_COLUMNS
    " FROM uploads WHERE bucket = ?1 AND (key, manifest) > (?2, ?3) AND key < ?4 ORDER BY key, manifest"};
#undef PARTSMITH_UPLOAD_COLUMNS
inline constexpr Query insert_upload{
    "INSERT INTO uploads(manifest, upload_id, bucket, key, initiated_ms, attributes, checksum_algorithm, "
    "checksum_type) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
inline constexpr Query upload_key{
    "SELECT key FROM uploads WHERE manifest = ?1 AND upload_id = ?2 AND bucket = ?3"};
inline constexpr Query set_key_deleted{"UPDATE uploads SET key_deleted = 1 WHERE bucket = ?1 AND key = ?2"};
inline constexpr Query upload_exists{"SELECT 1 FROM uploads WHERE manifest = ?1"};
inline constexpr Query delete_upload{"DELETE FROM uploads WHERE manifest = ?1"};

// ---- manifests
inline constexpr Query insert_manifest{"INSERT INTO manifests(revisions) VALUES(?1)"};
inline constexpr Query manifest_exists{"SELECT 1 FROM manifests WHERE id = ?1"};
inline constexpr Query last_revision{"SELECT revisions FROM manifests WHERE id = ?1"};
inline constexpr Query set_last_revision{"UPDATE manifests SET revisions = ?2 WHERE id = ?1"};
inline constexpr Query manifest_release{"SELECT released FROM manifests WHERE id = ?1"};
inline constexpr Query set_release{"UPDATE manifests SET released = ?2 WHERE id = ?1"};
inline constexpr Query next_to_free{
    "SELECT id FROM manifests WHERE released <> 0 AND id > ?1 ORDER BY id LIMIT 1"};
inline constexpr Query delete_manifest{"DELETE FROM manifests WHERE id = ?1"};

// ---- parts: one list of columns, read by read_part(). Those of an object have a `start`; without one, or
// with a negative number, they await being freed (manifests.h). Those of an upload may have the one that is
// expected of them (uploads.cc)
#define PARTSMITH_PART_COLUMNS \
  "part_number, revision, start, size, etag, checksum_algorithm, checksum, modified_ms"
inline constexpr Query list_parts{
    "SELECT " PARTSMITH_PART_COLUMNS
    " FROM parts WHERE manifest = ?1 AND part_number > ?2 ORDER BY part_number LIMIT ?3"};
inline constexpr Query list_object_parts{
    "SELECT " PARTSMITH_PART_COLUMNS
    " FROM parts WHERE manifest = ?1 AND part_number > ?2 AND start IS NOT NULL "
    "ORDER BY part_number LIMIT ?3"};
inline constexpr Query object_part_by_number{
    "SELECT " PARTSMITH_PART_COLUMNS
    " FROM parts WHERE manifest = ?1 AND part_number = ?2 AND start IS NOT NULL"};
inline constexpr Query object_part_by_ordinal{
    "SELECT " PARTSMITH_PART_COLUMNS
    " FROM parts WHERE manifest = ?1 AND start IS NOT NULL ORDER BY part_number LIMIT 1 OFFSET ?2"};
#undef PARTSMITH_PART_COLUMNS
inline constexpr Query last_part_of_object{
    "SELECT max(part_number) FROM parts WHERE manifest = ?1 AND start IS NOT NULL"};
inline constexpr Query part_revision{"SELECT revision FROM parts WHERE manifest = ?1 AND part_number = ?2"};
inline constexpr Query part_sizes{
    "SELECT part_number, revision, size, start FROM parts WHERE manifest = ?1 AND part_number > 0 "
    "ORDER BY part_number"};
inline constexpr Query put_part{
    "INSERT OR REPLACE INTO parts(manifest, part_number, revision, start, size, etag, checksum_algorithm, "
    "checksum, modified_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"};
inline constexpr Query set_part_start{"UPDATE parts SET start = ?3 WHERE manifest = ?1 AND part_number = ?2"};
inline constexpr Query delete_part{"DELETE FROM parts WHERE manifest = ?1 AND part_number = ?2"};
inline constexpr Query hide_part{
    "UPDATE parts SET part_number = -revision, start = NULL WHERE manifest = ?1 AND part_number = ?2"};
inline constexpr Query surplus_of_upload{
    "SELECT part_number, revision FROM parts WHERE manifest = ?1 AND part_number < 0 "
    "ORDER BY part_number LIMIT ?2"};
inline constexpr Query surplus_of_object{
    "SELECT part_number, revision FROM parts WHERE manifest = ?1 AND start IS NULL "
    "ORDER BY part_number LIMIT ?2"};
inline constexpr Query part_behind{
    "SELECT part_number FROM parts WHERE manifest = ?1 ORDER BY part_number LIMIT 1 OFFSET ?2"};
inline constexpr Query delete_parts_before{
    "DELETE FROM parts WHERE manifest = ?1 AND part_number < ?2"};
/// The part that holds the byte at an offset: an empty part begins where its successor does, so the last one
/// counts.
inline constexpr Query part_at{
    "SELECT part_number, revision, start FROM parts WHERE manifest = ?1 AND start <= ?2 "
    "ORDER BY start DESC, part_number DESC LIMIT 1"};

// ---- segments, with the place of each blob
inline constexpr Query insert_segment{
    "INSERT INTO segments(manifest, revision, start, length, blob, blob_offset) VALUES(?1, ?2, ?3, ?4, ?5, "
    "?6)"};
inline constexpr Query segment_at{
    "SELECT start FROM segments WHERE manifest = ?1 AND revision = ?2 AND start <= ?3 ORDER BY start DESC "
    "LIMIT 1"};
inline constexpr Query segments_of_part{
    "SELECT s.start, s.length, s.blob, s.blob_offset, b.name "
    "FROM segments s CROSS JOIN blobs b ON b.id = s.blob "
    "WHERE s.manifest = ?1 AND s.revision = ?2 AND s.start >= ?3 ORDER BY s.start LIMIT ?4"};
inline constexpr Query segments_after_part{
    "SELECT p.start + s.start, s.length, s.blob, s.blob_offset, b.name "
    "FROM parts p CROSS JOIN segments s ON s.manifest = p.manifest AND s.revision = p.revision "
    "CROSS JOIN blobs b ON b.id = s.blob "
    "WHERE p.manifest = ?1 AND p.part_number > ?2 AND p.start IS NOT NULL "
    "ORDER BY p.part_number, s.start LIMIT ?3"};
inline constexpr Query segments_of_revisions{
    "SELECT revision, start, blob FROM segments WHERE manifest = ?1 AND revision BETWEEN ?2 AND ?3 "
    "ORDER BY revision, start LIMIT ?4"};
inline constexpr Query delete_segments{
    "DELETE FROM segments WHERE manifest = ?1 AND revision >= ?2 AND (revision, start) <= (?3, ?4)"};

// ---- blobs
inline constexpr Query insert_blob{"INSERT INTO blobs(name, size, refs) VALUES(?1, ?2, 1)"};
inline constexpr Query insert_blob_bytes{"INSERT INTO blob_bytes(blob, bytes) VALUES(?1, ?2)"};
inline constexpr Query blob_bytes{"SELECT bytes FROM blob_bytes WHERE blob = ?1"};
inline constexpr Query add_reference{"UPDATE blobs SET refs = refs + 1 WHERE id = ?1"};
inline constexpr Query referenced_blob{"SELECT refs, name, size FROM blobs WHERE id = ?1"};
inline constexpr Query drop_reference{"UPDATE blobs SET refs = refs - 1 WHERE id = ?1"};
inline constexpr Query delete_blob{"DELETE FROM blobs WHERE id = ?1 AND refs = 0"};
inline constexpr Query delete_blob_with_reference{"DELETE FROM blobs WHERE id = ?1 AND refs = 1"};
inline constexpr Query delete_blob_bytes{"DELETE FROM blob_bytes WHERE blob = ?1"};
inline constexpr Query free_blobs{
    "SELECT id, name FROM blobs WHERE refs = 0 AND id > ?1 ORDER BY id LIMIT ?2"};
inline constexpr Query blob_by_name{"SELECT id, refs FROM blobs WHERE name = ?1"};

// ---- the running total
inline constexpr Query total_bytes{"SELECT bytes FROM totals WHERE id = 1"};
inline constexpr Query change_total{"UPDATE totals SET bytes = bytes + ?1 WHERE id = 1"};

// clang-format off
inline constexpr std::array all{
    &begin_read, &begin_write, &commit, &rollback, &savepoint, &release_savepoint,
    &rollback_to_savepoint, &application_id, &user_version, &free_pages, &page_size, &count_schema, &schema, &find_bucket, &insert_bucket,
    &delete_bucket, &list_buckets, &set_versioning, &bucket_has_version, &bucket_uploads, &release_bucket_uploads, &delete_bucket_uploads,
    &put_bucket_document, &find_bucket_document, &delete_bucket_document, &delete_bucket_documents,
    &find_object, &newest_other_version, &find_version, &other_null_version, &find_object_of_upload, &list_objects, &list_versions, &insert_object, &set_latest, &set_attributes, &delete_object, &find_upload,
    &list_uploads, &insert_upload, &upload_key, &set_key_deleted, &upload_exists, &delete_upload, &insert_manifest, &manifest_exists, &last_revision, &set_last_revision,
    &manifest_release, &set_release, &next_to_free, &delete_manifest, &list_parts, &list_object_parts, &object_part_by_number,
    &object_part_by_ordinal, &last_part_of_object, &part_revision, &part_sizes, &put_part, &set_part_start,
    &delete_part, &hide_part, &surplus_of_upload, &surplus_of_object, &part_behind, &delete_parts_before, &part_at, &insert_segment, &segment_at, &segments_of_part,
    &segments_after_part, &segments_of_revisions, &delete_segments, &insert_blob, &insert_blob_bytes, &blob_bytes, &add_reference,
    &referenced_blob, &drop_reference, &delete_blob, &delete_blob_with_reference, &delete_blob_bytes, &free_blobs, &blob_by_name,
    &total_bytes, &change_total};
// clang-format on

}  // namespace partsmith::storage::queries
