#pragma once
/// The tables as earlier formats had them, for stores that they wrote. What is here never changes.

namespace partsmith::storage::testing {

inline constexpr const char* format_1 = R"sql(
BEGIN;
CREATE TABLE buckets(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, region TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE manifests(
  id INTEGER PRIMARY KEY AUTOINCREMENT, revisions INTEGER NOT NULL, released INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX manifests_released ON manifests(id) WHERE released = 1;
CREATE TABLE objects(
  manifest INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, key TEXT NOT NULL, size INTEGER NOT NULL,
  etag TEXT NOT NULL, checksum_algorithm TEXT, checksum BLOB, checksum_type TEXT, checksum_parts INTEGER,
  modified_ms INTEGER NOT NULL, attributes TEXT NOT NULL, part_count INTEGER NOT NULL, upload_id TEXT) STRICT;
CREATE UNIQUE INDEX objects_by_key ON objects(bucket, key);
CREATE TABLE uploads(
  manifest INTEGER PRIMARY KEY, upload_id TEXT NOT NULL, bucket INTEGER NOT NULL, key TEXT NOT NULL,
  initiated_ms INTEGER NOT NULL, attributes TEXT NOT NULL, checksum_algorithm TEXT, checksum_type TEXT) STRICT;
CREATE INDEX uploads_by_key ON uploads(bucket, key, manifest);
CREATE TABLE parts(
  manifest INTEGER NOT NULL, part_number INTEGER NOT NULL, revision INTEGER NOT NULL, start INTEGER,
  size INTEGER NOT NULL, etag TEXT NOT NULL, checksum_algorithm TEXT, checksum BLOB, modified_ms INTEGER NOT NULL,
  PRIMARY KEY(manifest, part_number)) STRICT, WITHOUT ROWID;
CREATE INDEX parts_by_start ON parts(manifest, start) WHERE start IS NOT NULL;
CREATE TABLE segments(
  manifest INTEGER NOT NULL, revision INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
  blob INTEGER NOT NULL, blob_offset INTEGER NOT NULL,
  PRIMARY KEY(manifest, revision, start)) STRICT, WITHOUT ROWID;
CREATE TABLE blobs(
  id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER NOT NULL, refs INTEGER NOT NULL) STRICT;
CREATE INDEX blobs_free ON blobs(id) WHERE refs = 0;
CREATE TABLE blob_bytes(blob INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
PRAGMA application_id = 1886612852;
PRAGMA user_version = 1;
COMMIT;
)sql";

/// Rows as that format wrote them: a bucket, an object of four bytes in the database, one of five in a file,
/// and an open upload.
inline constexpr const char* format_1_rows = R"sql(
BEGIN;
INSERT INTO buckets VALUES(1, 'the-bucket', 'us-east-1', 1790000000123);
INSERT INTO manifests(id, revisions) VALUES(1, 1), (2, 1), (3, 0);
INSERT INTO blobs VALUES(1, NULL, 4, 1), (2, '0123456789abcdef0123456789abcdef', 5, 1);
INSERT INTO blob_bytes VALUES(1, CAST('tiny' AS BLOB));
INSERT INTO segments VALUES(1, 1, 0, 4, 1, 0), (2, 1, 0, 5, 2, 0);
INSERT INTO parts VALUES(1, 1, 1, 0, 4, 'd60cadf1a41c651e1f0ade50136bad43', NULL, NULL, 1790000000123);
INSERT INTO parts VALUES(2, 1, 1, 0, 5, '5d41402abc4b2a76b9719d911017c592', NULL, NULL, 1790000000123);
INSERT INTO objects VALUES(1, 1, 'small', 4, 'd60cadf1a41c651e1f0ade50136bad43', NULL, NULL, NULL, NULL,
  1790000000123, '{"encryption":{"algorithm":"AES256","bucket_key_enabled":false,"customer_key_md5":"",'
  || '"kms_context":"","kms_key_id":""},"headers":[],"storage_class":"STANDARD","tags":[],"user_metadata":[]}', 1, NULL);
INSERT INTO objects SELECT 2, 1, 'file', 5, '5d41402abc4b2a76b9719d911017c592', NULL, NULL, NULL, NULL,
  1790000000123, attributes, 1, NULL FROM objects WHERE manifest = 1;
INSERT INTO uploads SELECT 3, 'an-old-id', 1, 'open', 1790000000123, attributes, NULL, NULL FROM objects
  WHERE manifest = 1;
COMMIT;
)sql";

/// What makes a store of format 2 of one of format 1.
inline constexpr const char* format_2_step = R"sql(
BEGIN;
CREATE TABLE totals(id INTEGER PRIMARY KEY CHECK(id = 1), bytes INTEGER NOT NULL) STRICT;
INSERT INTO totals(id, bytes) VALUES(1, 9);
PRAGMA user_version = 2;
COMMIT;
)sql";

/// What makes a store of format 3 of one of format 2 that was killed before it had freed a manifest.
inline constexpr const char* format_3_step = R"sql(
BEGIN;
CREATE TABLE bucket_documents(bucket INTEGER NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY(bucket, kind)) STRICT, WITHOUT ROWID;
ALTER TABLE buckets ADD COLUMN versioning INTEGER NOT NULL DEFAULT 0;
ALTER TABLE objects ADD COLUMN version_id TEXT;
ALTER TABLE objects ADD COLUMN latest INTEGER NOT NULL DEFAULT 1;
ALTER TABLE objects ADD COLUMN marker INTEGER NOT NULL DEFAULT 0;
DROP INDEX objects_by_key;
CREATE UNIQUE INDEX objects_current ON objects(bucket, key) WHERE latest = 1 AND marker = 0;
CREATE INDEX objects_others ON objects(bucket, key, -manifest) WHERE (latest = 0 OR marker = 1);
CREATE UNIQUE INDEX objects_null ON objects(bucket, key) WHERE (latest = 0 OR marker = 1) AND version_id IS NULL;
INSERT INTO manifests(id, revisions, released) VALUES(77, 1, 1);
PRAGMA user_version = 3;
COMMIT;
)sql";

/// What makes a store of format 4 of one of format 3.
inline constexpr const char* format_4_step = R"sql(
BEGIN;
DROP INDEX manifests_released;
CREATE INDEX manifests_released ON manifests(id) WHERE released <> 0;
PRAGMA user_version = 4;
COMMIT;
)sql";

/// What makes a store of format 5 of one of format 4.
inline constexpr const char* format_5_step = R"sql(
BEGIN;
CREATE TABLE snapshots(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  taken_ms INTEGER NOT NULL) STRICT;

CREATE TABLE kept_buckets(
  snapshot INTEGER NOT NULL,
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  versioning INTEGER NOT NULL,
  PRIMARY KEY(snapshot, id)) STRICT, WITHOUT ROWID;

CREATE TABLE kept_bucket_documents(
  snapshot INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  kind TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY(snapshot, bucket, kind)) STRICT, WITHOUT ROWID;

CREATE TABLE kept_manifests(
  snapshot INTEGER NOT NULL,
  id INTEGER NOT NULL,
  revisions INTEGER NOT NULL,
  PRIMARY KEY(snapshot, id)) STRICT, WITHOUT ROWID;

CREATE TABLE kept_objects(
  snapshot INTEGER NOT NULL,
  manifest INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  key TEXT NOT NULL,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  checksum_algorithm TEXT,
  checksum BLOB,
  checksum_type TEXT,
  checksum_parts INTEGER,
  modified_ms INTEGER NOT NULL,
  attributes TEXT NOT NULL,
  part_count INTEGER NOT NULL,
  upload_id TEXT,
  version_id TEXT,
  latest INTEGER NOT NULL,
  marker INTEGER NOT NULL,
  PRIMARY KEY(snapshot, manifest)) STRICT, WITHOUT ROWID;

CREATE TABLE kept_uploads(
  snapshot INTEGER NOT NULL,
  manifest INTEGER NOT NULL,
  upload_id TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  key TEXT NOT NULL,
  initiated_ms INTEGER NOT NULL,
  attributes TEXT NOT NULL,
  checksum_algorithm TEXT,
  checksum_type TEXT,
  PRIMARY KEY(snapshot, manifest)) STRICT, WITHOUT ROWID;

CREATE TABLE kept_parts(
  snapshot INTEGER NOT NULL,
  manifest INTEGER NOT NULL,
  part_number INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  start INTEGER,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  checksum_algorithm TEXT,
  checksum BLOB,
  modified_ms INTEGER NOT NULL,
  PRIMARY KEY(snapshot, manifest, part_number)) STRICT, WITHOUT ROWID;

CREATE TABLE kept_segments(
  snapshot INTEGER NOT NULL,
  manifest INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  start INTEGER NOT NULL,
  length INTEGER NOT NULL,
  blob INTEGER NOT NULL,
  blob_offset INTEGER NOT NULL,
  PRIMARY KEY(snapshot, manifest, revision, start)) STRICT, WITHOUT ROWID;
PRAGMA user_version = 5;
COMMIT;
)sql";

/// Brings a database of format 5 to format 6, as that version did.
inline constexpr const char* format_6_step = R"sql(
BEGIN;
ALTER TABLE uploads ADD COLUMN key_deleted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE kept_uploads ADD COLUMN key_deleted INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version = 6;
COMMIT;
)sql";

}  // namespace partsmith::storage::testing
