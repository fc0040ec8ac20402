#include "sqlite/schema.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "one_line.h"
#include "sqlite/queries.h"
#include "sqlite/session.h"

namespace partsmith::storage::sqlite {
namespace {

// A manifest's segments tile each of its parts; a blob's refs count the segments that name it. Rows that
// nobody needs any more are deleted, but for two kinds that await more than a transaction can do, each found
// by a partial index: those of manifests with released <> 0 (a reader holds them, or they are many) and blobs
// with refs = 0 (the file is yet to be removed).
constexpr const char* tables = R"sql(
CREATE TABLE buckets(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  versioning INTEGER NOT NULL DEFAULT 0) STRICT;   -- 0: none yet, 1: enabled, 2: suspended

CREATE TABLE bucket_documents(
  bucket INTEGER NOT NULL,
  kind TEXT NOT NULL,             -- acl, cors, encryption, lifecycle, ...: BucketDocument
  document TEXT NOT NULL,
  PRIMARY KEY(bucket, kind)) STRICT, WITHOUT ROWID;

CREATE TABLE manifests(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  revisions INTEGER NOT NULL,   -- part revisions given out so far
  released INTEGER NOT NULL DEFAULT 0) STRICT;   -- 1: all of it is to be freed, 2: parts of it
CREATE INDEX manifests_released ON manifests(id) WHERE released <> 0;

CREATE TABLE objects(
  manifest INTEGER PRIMARY KEY,
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
  upload_id TEXT,                 -- of the upload that became this object
  version_id TEXT,                -- NULL: the null version
  latest INTEGER NOT NULL DEFAULT 1,
  marker INTEGER NOT NULL DEFAULT 0) STRICT;   -- 1: a delete marker
CREATE UNIQUE INDEX objects_current ON objects(bucket, key) WHERE latest = 1 AND marker = 0;
CREATE INDEX objects_others ON objects(bucket, key, -manifest) WHERE (latest = 0 OR marker = 1);
CREATE UNIQUE INDEX objects_null ON objects(bucket, key) WHERE (latest = 0 OR marker = 1) AND version_id IS NULL;

CREATE TABLE uploads(
  manifest INTEGER PRIMARY KEY,   -- carried by the upload id, and in the order of initiation
  upload_id TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  key TEXT NOT NULL,
  initiated_ms INTEGER NOT NULL,
  attributes TEXT NOT NULL,
  checksum_algorithm TEXT,
  checksum_type TEXT,
  key_deleted INTEGER NOT NULL DEFAULT 0) STRICT;   -- 1: an object of the key was deleted since it began
CREATE INDEX uploads_by_key ON uploads(bucket, key, manifest);

CREATE TABLE parts(
  manifest INTEGER NOT NULL,
  part_number INTEGER NOT NULL,   -- negative: replaced, to be freed
  revision INTEGER NOT NULL,
  start INTEGER,                  -- offset in the object, once there is one; NULL there: to be freed
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  checksum_algorithm TEXT,
  checksum BLOB,
  modified_ms INTEGER NOT NULL,
  PRIMARY KEY(manifest, part_number)) STRICT, WITHOUT ROWID;
CREATE INDEX parts_by_start ON parts(manifest, start) WHERE start IS NOT NULL;

CREATE TABLE segments(
  manifest INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  start INTEGER NOT NULL,         -- offset in the part
  length INTEGER NOT NULL,
  blob INTEGER NOT NULL,
  blob_offset INTEGER NOT NULL,
  PRIMARY KEY(manifest, revision, start)) STRICT, WITHOUT ROWID;

CREATE TABLE blobs(
  id INTEGER PRIMARY KEY,
  name TEXT UNIQUE,               -- of the file; NULL: the bytes are in blob_bytes
  size INTEGER NOT NULL,
  refs INTEGER NOT NULL) STRICT;
CREATE INDEX blobs_free ON blobs(id) WHERE refs = 0;

CREATE TABLE blob_bytes(
  blob INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL) STRICT;

CREATE TABLE totals(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  bytes INTEGER NOT NULL) STRICT;   -- of all blobs with references
INSERT INTO totals(id, bytes) VALUES(1, 0);
)sql";

/// Since format 5: what a snapshot keeps are copies of the rows, in tables of the same columns. Its segments
/// count in the blobs' refs, too. Never changed: it is a migration.
constexpr const char* kept_tables = R"sql(
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
)sql";

/// Since format 6: what the rows of uploads have there, too. Never changed: the migration does the same.
constexpr const char* kept_deletions =
    "ALTER TABLE kept_uploads ADD COLUMN key_deleted INTEGER NOT NULL DEFAULT 0;";

/// What brings a database of each older format to the one after it; the first one is for format 1. A step
/// that was released is never changed.
constexpr std::array migrations{
    R"sql(
CREATE TABLE totals(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  bytes INTEGER NOT NULL) STRICT;
INSERT INTO totals(id, bytes) SELECT 1, coalesce(sum(size), 0) FROM blobs WHERE refs > 0;
)sql",
    R"sql(
CREATE TABLE bucket_documents(
  bucket INTEGER NOT NULL,
  kind TEXT NOT NULL,             -- cors, encryption, lifecycle, tagging
  document TEXT NOT NULL,
  PRIMARY KEY(bucket, kind)) STRICT, WITHOUT ROWID;
ALTER TABLE buckets ADD COLUMN versioning INTEGER NOT NULL DEFAULT 0;
ALTER TABLE objects ADD COLUMN version_id TEXT;
ALTER TABLE objects ADD COLUMN latest INTEGER NOT NULL DEFAULT 1;
ALTER TABLE objects ADD COLUMN marker INTEGER NOT NULL DEFAULT 0;
DROP INDEX objects_by_key;
CREATE UNIQUE INDEX objects_current ON objects(bucket, key) WHERE latest = 1 AND marker = 0;
CREATE INDEX objects_others ON objects(bucket, key, -manifest) WHERE (latest = 0 OR marker = 1);
CREATE UNIQUE INDEX objects_null ON objects(bucket, key) WHERE (latest = 0 OR marker = 1) AND version_id IS NULL;
)sql",
    R"sql(
DROP INDEX manifests_released;
CREATE INDEX manifests_released ON manifests(id) WHERE released <> 0;
)sql",
    kept_tables,
    R"sql(
ALTER TABLE uploads ADD COLUMN key_deleted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE kept_uploads ADD COLUMN key_deleted INTEGER NOT NULL DEFAULT 0;
)sql",
    // Attributes of objects may say that they are locked since format 7, which versions before it would not
    // heed.
    ""};
static_assert(migrations.size() + 1 == format_version);

/// What brings the tables of each format back to those of the one before it: with them the tables of an older
/// database are known without its text.
constexpr std::array undone_migrations{"DROP TABLE totals;",
                                       R"sql(
DROP TABLE bucket_documents;
DROP INDEX objects_current;
DROP INDEX objects_others;
DROP INDEX objects_null;
ALTER TABLE buckets DROP COLUMN versioning;
ALTER TABLE objects DROP COLUMN version_id;
ALTER TABLE objects DROP COLUMN latest;
ALTER TABLE objects DROP COLUMN marker;
CREATE UNIQUE INDEX objects_by_key ON objects(bucket, key);
)sql",
                                       R"sql(
DROP INDEX manifests_released;
CREATE INDEX manifests_released ON manifests(id) WHERE released = 1;
)sql",
                                       R"sql(
DROP TABLE snapshots;
DROP TABLE kept_buckets;
DROP TABLE kept_bucket_documents;
DROP TABLE kept_manifests;
DROP TABLE kept_objects;
DROP TABLE kept_uploads;
DROP TABLE kept_parts;
DROP TABLE kept_segments;
)sql",
                                       R"sql(
ALTER TABLE uploads DROP COLUMN key_deleted;
ALTER TABLE kept_uploads DROP COLUMN key_deleted;
)sql",
                                       ""};
static_assert(undone_migrations.size() == migrations.size());

std::unexpected<std::string> unreadable(const StoreError& error) {
  if (error.code == StoreErrorCode::damaged) return std::unexpected("is damaged: " + error.detail);
  return std::unexpected("cannot be read: " + error.detail);
}

std::expected<void, std::string> run_script(Connection& connection, const std::string& script) {
  if (connection.run(script)) return {};
  const StoreError error = connection.error("bring its tables up to date");
  if (connection.in_transaction()) static_cast<void>(connection.run("ROLLBACK"));
  return std::unexpected("cannot be written: " + error.detail);
}

std::expected<void, std::string> make_tables(Connection& connection) {
  const std::string script =
      fmt::format("BEGIN IMMEDIATE;{}{}{} PRAGMA application_id={}; PRAGMA user_version={}; COMMIT;", tables,
                  kept_tables, kept_deletions, application_id, format_version);
  return run_script(connection, script);
}

/// All steps in one transaction: a crash leaves the old format.
std::expected<void, std::string> migrate(Connection& connection, std::int64_t from) {
  std::string script = "BEGIN IMMEDIATE;";
  for (std::int64_t format = from; format < format_version; ++format) {
    script += migrations[static_cast<std::size_t>(format - 1)];
  }
  script += fmt::format("PRAGMA user_version={}; COMMIT;", format_version);
  return run_script(connection, script);
}

/// The words of a CREATE statement, so that white space, comments and letter case make no difference. Nothing
/// when it has a quoted word: none of ours does.
std::optional<std::string> words_of(std::string_view sql) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  std::string words;
  for (std::size_t at = 0; at < sql.size(); ++at) {
    const char c = sql[at];
    const std::string_view rest = sql.substr(at);
    if (rest.starts_with("--")) {
      const std::size_t end = rest.find('\n');
      at = end == std::string_view::npos ? sql.size() : at + end;
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      continue;
    } else if (c == '\'' || c == '"' || c == '`' || c == '[' || rest.starts_with("/*")) {
      return std::nullopt;
    } else {
      const bool follows = at > 0 && is_word(sql[at - 1]);
      if (is_word(c) && !follows && !words.empty() && is_word(words.back())) words += ' ';
      words += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return words;
}

/// "table objects" and its words.
using Schema = std::map<std::string, std::string>;

std::expected<Schema, std::string> schema_of(Connection& connection) {
  Session session(connection);
  Schema schema;
  Rows rows = session.query(queries::schema);
  while (rows.next()) {
    const std::string name = fmt::format("{} {}", rows.text(0), rows.text(1));
    // SQLite's own index of a PRIMARY KEY or UNIQUE.
    if (rows.text(0) == "index" && rows.is_null(2) && rows.text(1).starts_with("sqlite_autoindex_")) continue;
    const bool first = schema.emplace(name, words_of(rows.text(2)).value_or("")).second;
    if (!first) return std::unexpected(fmt::format("is damaged: it has {} twice", one_line(name)));
  }
  if (session.failed()) return unreadable(*session.failure());
  return schema;
}

/// The tables and indices of a format, as SQLite itself keeps them.
std::expected<Schema, std::string> schema_of_format(std::int64_t format) {
  auto model = Connection::open(":memory:", Connection::Mode::write);
  if (!model) return unreadable(model.error());
  std::string script = std::string(tables) + kept_tables + kept_deletions;
  for (std::int64_t newer = format_version; newer > format; --newer) {
    script += undone_migrations[static_cast<std::size_t>(newer - 2)];
  }
  if (auto made = model->run(script); !made) return unreadable(made.error());
  return schema_of(*model);
}

/// A trigger, a view, or a table with more than its columns would run in the midst of our statements.
std::expected<void, std::string> check_tables(Connection& connection, std::int64_t format) {
  const auto there = schema_of(connection);
  if (!there) return std::unexpected(there.error());
  const auto wanted = schema_of_format(format);
  if (!wanted) return std::unexpected(wanted.error());
  for (const auto& [name, words] : *wanted) {
    const auto found = there->find(name);
    if (found == there->end()) return std::unexpected(fmt::format("is damaged: its {} is missing", name));
    if (found->second != words) return std::unexpected(fmt::format("is damaged: its {} is another", name));
  }
  for (const auto& [name, words] : *there) {
    if (!wanted->contains(name)) {
      return std::unexpected(fmt::format("has {}, which no partsmith makes", one_line(name)));
    }
  }
  return {};
}

struct Format {
  bool empty = false;
  std::int64_t version = 0;
};

/// Of a database that is ours, or empty, and not newer.
std::expected<Format, std::string> format_of(Connection& connection) {
  Session session(connection);
  const auto application = session.integer(queries::application_id);
  const auto version = session.integer(queries::user_version);
  const auto objects = session.integer(queries::count_schema);
  if (session.failed()) return unreadable(*session.failure());
  if (version == 0 && application == 0 && objects == 0) return Format{.empty = true};
  if (application != application_id || *version < 1) return std::unexpected("is not a partsmith database");
  if (*version > format_version) {
    return std::unexpected(
        fmt::format("has format {}, and this version knows formats up to {}", *version, format_version));
  }
  return Format{.version = *version};
}

}  // namespace

std::expected<void, std::string> prepare_schema(Connection& connection) {
  const auto format = format_of(connection);
  if (!format) return std::unexpected(format.error());
  if (format->empty) return make_tables(connection);
  if (auto known = check_tables(connection, format->version); !known) return known;
  if (format->version < format_version) return migrate(connection, format->version);
  return {};
}

std::expected<void, std::string> check_schema(Connection& connection) {
  const auto format = format_of(connection);
  if (!format) return std::unexpected(format.error());
  if (format->empty) return std::unexpected("is empty");
  if (format->version < format_version) {
    return std::unexpected(fmt::format("has format {}: the next start of this version brings it to format {}",
                                       format->version, format_version));
  }
  return check_tables(connection, format_version);
}

}  // namespace partsmith::storage::sqlite
