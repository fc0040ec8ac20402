#include "listing.h"
#include "local_store.h"
#include "manifests.h"
#include "object_lease.h"
#include "page_reader.h"
#include "refusals.h"
#include "rows.h"
#include "sqlite/queries.h"
#include "staged_content.h"
#include "versions.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

/// A delete marker has neither retention nor hold.
bool is_locked(const ObjectAttributes& attributes, TimePoint now, LockOverride override) {
  if (override == LockOverride::everything) return false;
  if (attributes.legal_hold.value_or(false)) return true;
  const auto& retention = attributes.retention;
  if (!retention || retention->until <= now) return false;
  return retention->mode == Retention::Mode::compliance || override == LockOverride::none;
}

}  // namespace

Result<ObjectInfo> LocalStore::put_object(const BucketName& bucket_name, const ObjectKey& key,
                                          Content content, const ObjectDraft& draft) {
  auto staged = StagedContent::stage(std::move(content), *engine_);
  if (!staged) return std::unexpected(std::move(staged.error()));
  const auto work = [&](WriteTransaction& transaction) -> Result<ObjectInfo> {
    Session& db = transaction.db;
    const auto bucket = find_bucket(db, bucket_name);
    if (!bucket) return no_such_bucket(bucket_name);
    auto existing = find_object(db, *bucket, key);
    if (auto may = check_condition(draft.condition, existing, bucket_name, key); !may) {
      return std::unexpected(std::move(may.error()));
    }
    ObjectRow object{new_manifest(db),
                     {.bucket = bucket_name,
                      .key = key,
                      .size = staged->size(),
                      .etag = draft.etag,
                      .checksum = draft.checksum,
                      .modified = engine_->now(),
                      .attributes = draft.attributes,
                      .multipart = false,
                      .part_count = 1,
                      .upload_id = {}}};
    if (!object.info.attributes.retention) object.info.attributes.retention = draft.default_retention;
    PartInfo part{.number = *PartNumber::from(1),
                  .revision = next_revision(db, object.manifest),
                  .size = object.info.size,
                  .etag = draft.etag,
                  .checksum = {},
                  .modified = object.info.modified};
    if (draft.checksum) part.checksum = draft.checksum->checksum;
    staged->insert(transaction, object.manifest, part.revision);
    storage::put_part(db, object.manifest, part, 0);
    add_version(transaction, *bucket, object, std::move(existing), engine_->random());
    return std::move(object.info);
  };
  return engine_->write(work, &*staged);
}

Result<ObjectInfo> LocalStore::object(const BucketName& bucket_name, const ObjectKey& key,
                                      const std::optional<VersionId>& version) {
  return engine_->read([&](Session& db) -> Result<ObjectInfo> {
    const auto bucket = find_bucket(db, bucket_name);
    if (!bucket) return no_such_bucket(bucket_name);
    auto object = find_readable(db, *bucket, key, version);
    if (!object) return std::unexpected(std::move(object.error()));
    return std::move(object->info);
  });
}

Result<std::unique_ptr<ObjectLease>> LocalStore::open_object(const BucketName& bucket_name,
                                                             const ObjectKey& key,
                                                             const std::optional<VersionId>& version) {
  for (;;) {
    const Leases::Opening opening(engine_->leases());
    auto object = engine_->read([&](Session& db) -> Result<ObjectRow> {
      const auto bucket = find_bucket(db, bucket_name);
      if (!bucket) return no_such_bucket(bucket_name);
      return find_readable(db, *bucket, key, version);
    });
    if (!object) return std::unexpected(std::move(object.error()));
    // Refused only when it was replaced or deleted since: the next look sees what came after.
    if (!engine_->leases().hold(opening, object->manifest)) continue;
    return std::make_unique<LocalObjectLease>(*engine_, opening.number(), std::move(*object));
  }
}

Result<Deletion> LocalStore::delete_object(const BucketName& bucket_name, const ObjectKey& key,
                                           const std::optional<ETag>& must_match,
                                           const std::optional<VersionId>& version, LockOverride override) {
  return engine_->write([&](WriteTransaction& transaction) -> Result<Deletion> {
    Session& db = transaction.db;
    const auto bucket = find_bucket(db, bucket_name);
    if (!bucket) return no_such_bucket(bucket_name);
    auto existing = version ? find_version(db, *bucket, key, *version) : find_object(db, *bucket, key);
    if (auto may = check_match(must_match, existing, bucket_name, key); !may) {
      return std::unexpected(std::move(may.error()));
    }
    if (version || bucket->info.versioning == Versioning::unversioned) {
      if (existing && is_locked(existing->info.attributes, engine_->now(), override)) {
        return std::unexpected(StoreError{StoreErrorCode::locked, key.text()});
      }
      if (existing) remove_version(transaction, *bucket, *existing);
      if (existing && bucket->info.versioning == Versioning::unversioned) {
        db.execute(queries::set_key_deleted, bucket->id, key.text());
      }
      return Deletion{version, existing && existing->info.delete_marker};
    }
    ObjectRow marker = new_delete_marker(transaction, *bucket, key, engine_->now());
    add_version(transaction, *bucket, marker, std::move(existing), engine_->random());
    return Deletion{marker.info.version, true};
  });
}

Result<ObjectPage> LocalStore::list_objects(const BucketName& bucket_name, const ObjectQuery& query) {
  const ListingScope scope{query.prefix, query.delimiter, query.limit};
  return engine_->read([&](Session& db) -> Result<ObjectPage> {
    const auto bucket = find_bucket(db, bucket_name);
    if (!bucket) return no_such_bucket(bucket_name);
    ObjectPage page;
    PageReader reader;
    const auto seek = [&](const ListingPosition& position, const std::string& end) {
      return db.query(queries::list_objects, bucket->id, position.key, end);
    };
    const auto take = [&](const Rows& rows) {
      if (auto object = reader.object(db, rows, *bucket)) page.objects.push_back(std::move(object->info));
    };
    ListingEnd end = list(scope, {scope.begin_after(query.start_after), 0}, seek, take);
    page.common_prefixes = std::move(end.common_prefixes);
    page.truncated = end.truncated;
    if (end.ends_with_group) {
      page.next = page.common_prefixes.back();
    } else if (!page.objects.empty()) {
      page.next = page.objects.back().key.text();
    }
    return page;
  });
}

}  // namespace partsmith::storage
