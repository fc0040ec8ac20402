#include "versions.h"

#include <fmt/format.h>

#include <limits>

#include "listing.h"
#include "local_store.h"
#include "manifests.h"
#include "page_reader.h"
#include "refusals.h"
#include "sqlite/queries.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

std::optional<ObjectRow> find_one(Session& db, const sqlite::Query& query, const BucketRow& bucket,
                                  const ObjectKey& key) {
  Rows rows = db.query(query, bucket.id, key.text());
  if (!rows.next()) return std::nullopt;
  return read_object(db, rows, bucket);
}

/// Of all rows of the key, whatever `latest` says of the others.
std::optional<ObjectRow> newest_version(Session& db, const BucketRow& bucket, const ObjectKey& key,
                                        std::optional<ObjectRow> current) {
  auto other = find_one(db, queries::newest_other_version, bucket, key);
  if (!current || (other && other->manifest > current->manifest)) return other;
  return current;
}

VersionId new_version_id(ManifestId manifest, const FillRandom& random) {
  VersionId::Salt salt{};
  random(salt);
  return VersionId::of(static_cast<std::int64_t>(manifest), salt);
}

}  // namespace

void add_version(WriteTransaction& transaction, const BucketRow& bucket, ObjectRow& object,
                 std::optional<ObjectRow> current, const FillRandom& random) {
  Session& db = transaction.db;
  object.info.versioning = bucket.info.versioning;
  object.info.latest = true;
  if (bucket.info.versioning == Versioning::enabled) {
    object.info.version = new_version_id(object.manifest, random);
  } else if (current && current->info.version.is_null()) {
    remove_object(transaction, *current);
    current.reset();
  } else if (bucket.info.versioning == Versioning::suspended) {
    const auto replaced = find_one(db, queries::other_null_version, bucket, object.info.key);
    if (replaced) remove_object(transaction, *replaced);
  }
  if (bucket.info.versioning != Versioning::unversioned) {
    if (const auto newest = newest_version(db, bucket, object.info.key, std::move(current))) {
      object.info.latest = object.manifest > newest->manifest;
      if (newest->info.latest == object.info.latest) {
        db.execute(queries::set_latest, newest->manifest, !object.info.latest);
      }
    }
  }
  insert_object(db, bucket.id, object);
}

bool is_superseded(Session& db, const BucketRow& bucket, const UploadRow& upload,
                   const std::optional<ObjectRow>& current) {
  const ObjectKey& key = upload.info.key;
  const ManifestId manifest = upload.manifest;
  if (bucket.info.versioning == Versioning::enabled) return false;
  if (upload.key_deleted) return true;
  if (current && current->info.version.is_null()) return current->manifest > manifest;
  if (bucket.info.versioning == Versioning::unversioned) return false;
  const auto other = find_one(db, queries::other_null_version, bucket, key);
  return other && other->manifest > manifest;
}

void remove_version(WriteTransaction& transaction, const BucketRow& bucket, const ObjectRow& object) {
  remove_object(transaction, object);
  if (bucket.info.versioning == Versioning::unversioned || !object.info.latest) return;
  // It was the latest, so the others are all that is left.
  if (const auto newest = newest_version(transaction.db, bucket, object.info.key, std::nullopt)) {
    transaction.db.execute(queries::set_latest, newest->manifest, true);
  }
}

ObjectRow new_delete_marker(WriteTransaction& transaction, const BucketRow& bucket, const ObjectKey& key,
                            TimePoint now) {
  return {new_manifest(transaction.db),
          {.bucket = bucket.info.name,
           .key = key,
           .size = 0,
           .etag = ETag::from_stored(""),
           .checksum = {},
           .modified = now,
           .attributes = {},
           .multipart = false,
           .part_count = 0,
           .upload_id = {},
           .delete_marker = true}};
}

std::optional<ObjectRow> find_version(Session& db, const BucketRow& bucket, const ObjectKey& key,
                                      const VersionId& version) {
  if (version.is_null()) {
    auto current = find_object(db, bucket, key);
    if (current && current->info.version.is_null()) return current;
    if (bucket.info.versioning == Versioning::unversioned) return std::nullopt;
    return find_one(db, queries::other_null_version, bucket, key);
  }
  Rows rows = db.query(queries::find_version, version.number(), version.text(), bucket.id, key.text());
  if (!rows.next()) return std::nullopt;
  return read_object(db, rows, bucket);
}

Result<ObjectRow> find_readable(Session& db, const BucketRow& bucket, const ObjectKey& key,
                                const std::optional<VersionId>& version) {
  const std::string name = fmt::format("{}/{}", bucket.info.name.text(), key.text());
  const auto marker_of = [](const ObjectRow& row) {
    return DeleteMarker{row.info.version, row.info.modified};
  };
  if (version) {
    auto named = find_version(db, bucket, key, *version);
    if (!named) {
      return std::unexpected(
          StoreError{StoreErrorCode::no_such_version, fmt::format("{} of {}", version->text(), name)});
    }
    if (named->info.delete_marker) {
      return std::unexpected(StoreError{StoreErrorCode::is_delete_marker, name, marker_of(*named)});
    }
    return std::move(*named);
  }
  if (auto current = find_object(db, bucket, key)) return std::move(*current);
  StoreError refusal{StoreErrorCode::no_such_key, name};
  if (bucket.info.versioning != Versioning::unversioned) {
    if (const auto marker = find_one(db, queries::newest_other_version, bucket, key)) {
      refusal.marker = marker_of(*marker);
    }
  }
  return std::unexpected(std::move(refusal));
}

Result<ObjectInfo> LocalStore::change_attributes(const BucketName& bucket_name, const ObjectKey& key,
                                                 const std::optional<VersionId>& version,
                                                 const AttributesChange& change) {
  return engine_->write([&](WriteTransaction& transaction) -> Result<ObjectInfo> {
    const auto bucket = find_bucket(transaction.db, bucket_name);
    if (!bucket) return no_such_bucket(bucket_name);
    auto object = find_readable(transaction.db, *bucket, key, version);
    if (!object) return std::unexpected(std::move(object.error()));
    change(object->info.attributes);
    set_attributes(transaction.db, *object);
    return std::move(object->info);
  });
}

Result<VersionPage> LocalStore::list_versions(const BucketName& bucket_name, const VersionQuery& query) {
  const ListingScope scope{query.prefix, query.delimiter, query.limit};
  return engine_->read([&](Session& db) -> Result<VersionPage> {
    const auto bucket = find_bucket(db, bucket_name);
    if (!bucket) return no_such_bucket(bucket_name);
    ListingPosition begin{scope.begin_after(query.key_marker), 0};
    if (query.version_marker && query.key_marker.starts_with(query.prefix) &&
        !scope.group_of(query.key_marker)) {
      begin = {query.key_marker, -query.version_marker->number()};
      if (query.version_marker->is_null()) {
        const auto key = ObjectKey::parse(query.key_marker);
        const auto null = key ? find_version(db, *bucket, *key, VersionId::null()) : std::nullopt;
        if (null) begin.number = -static_cast<std::int64_t>(null->manifest);
      }
    }
    VersionPage page;
    PageReader reader;
    const auto seek = [&](const ListingPosition& position, const std::string& end) {
      const std::int64_t place =
          position.number == 0 ? std::numeric_limits<std::int64_t>::min() : position.number;
      return db.query(queries::list_versions, bucket->id, position.key, place, end);
    };
    const auto take = [&](const Rows& rows) {
      if (auto version = reader.object(db, rows, *bucket)) page.versions.push_back(std::move(version->info));
    };
    ListingEnd end = list(scope, begin, seek, take);
    page.common_prefixes = std::move(end.common_prefixes);
    page.truncated = end.truncated;
    if (end.ends_with_group) {
      page.next_key_marker = page.common_prefixes.back();
    } else if (!page.versions.empty()) {
      page.next_key_marker = page.versions.back().key.text();
      page.next_version_marker = page.versions.back().version;
    }
    return page;
  });
}

}  // namespace partsmith::storage
