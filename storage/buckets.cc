#include <stdexcept>

#include "listing.h"
#include "local_store.h"
#include "refusals.h"
#include "rows.h"
#include "sqlite/queries.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

std::string_view stored_name(BucketDocument kind) {
  switch (kind) {
    case BucketDocument::accelerate:
      return "accelerate";
    case BucketDocument::acl:
      return "acl";
    case BucketDocument::cors:
      return "cors";
    case BucketDocument::encryption:
      return "encryption";
    case BucketDocument::lifecycle:
      return "lifecycle";
    case BucketDocument::object_lock:
      return "object-lock";
    case BucketDocument::ownership_controls:
      return "ownership-controls";
    case BucketDocument::policy:
      return "policy";
    case BucketDocument::public_access_block:
      return "public-access-block";
    case BucketDocument::request_payment:
      return "request-payment";
    case BucketDocument::tagging:
      return "tagging";
  }
  throw std::logic_error("a kind of bucket document without a name");
}

bool has_document(Session& db, const BucketRow& bucket, BucketDocument kind) {
  return db.query(queries::find_bucket_document, bucket.id, stored_name(kind)).next();
}

std::unexpected<StoreError> lock_needs_versions(const BucketName& name) {
  return std::unexpected(StoreError{StoreErrorCode::lock_needs_versions, name.text()});
}

}  // namespace

Result<BucketInfo> LocalStore::create_bucket(const BucketName& name, const std::string& region) {
  return engine_->write([&](WriteTransaction& transaction) -> Result<BucketInfo> {
    Session& db = transaction.db;
    if (find_bucket(db, name)) {
      return std::unexpected(StoreError{StoreErrorCode::bucket_exists, name.text()});
    }
    BucketInfo info{.name = name, .region = region, .created = engine_->now()};
    db.execute(queries::insert_bucket, name.text(), region, to_milliseconds(info.created));
    return info;
  });
}

Result<BucketInfo> LocalStore::bucket(const BucketName& name) {
  return engine_->read([&](Session& db) -> Result<BucketInfo> {
    auto bucket = find_bucket(db, name);
    if (!bucket) return no_such_bucket(name);
    return std::move(bucket->info);
  });
}

Result<void> LocalStore::set_versioning(const BucketName& name, Versioning versioning) {
  if (versioning == Versioning::unversioned) throw std::invalid_argument("a bucket keeps its versions");
  return engine_->write([&](WriteTransaction& transaction) -> Result<void> {
    const auto bucket = find_bucket(transaction.db, name);
    if (!bucket) return no_such_bucket(name);
    if (versioning == Versioning::suspended &&
        has_document(transaction.db, *bucket, BucketDocument::object_lock)) {
      return lock_needs_versions(name);
    }
    transaction.db.execute(queries::set_versioning, bucket->id, versioning);
    return {};
  });
}

Result<void> LocalStore::delete_bucket(const BucketName& name) {
  const DocumentsChange change(documents_revision_);
  return engine_->write([&](WriteTransaction& transaction) -> Result<void> {
    Session& db = transaction.db;
    const auto bucket = find_bucket(db, name);
    if (!bucket) return no_such_bucket(name);
    if (db.integer(queries::bucket_has_version, bucket->id)) {
      return std::unexpected(StoreError{StoreErrorCode::bucket_not_empty, name.text()});
    }
    {  // Their parts are freed after the commit: there may be millions.
      Rows uploads = db.query(queries::bucket_uploads, bucket->id);
      while (uploads.next()) transaction.mark_released.push_back(uploads.id<ManifestId>(0));
    }
    db.execute(queries::release_bucket_uploads, bucket->id);
    db.execute(queries::delete_bucket_uploads, bucket->id);
    db.execute(queries::delete_bucket_documents, bucket->id);
    db.execute(queries::delete_bucket, bucket->id);
    return {};
  });
}

Result<BucketPage> LocalStore::buckets(const std::string& prefix, const std::string& start_after,
                                       std::uint32_t limit) {
  const ListingScope scope{.prefix = prefix, .delimiter = {}, .limit = limit};
  return engine_->read([&](Session& db) -> Result<BucketPage> {
    BucketPage page;
    const auto seek = [&](const ListingPosition& position, const std::string& end) {
      return db.query(queries::list_buckets, position.key, end);
    };
    const auto take = [&](const Rows& rows) {
      if (auto bucket = read_bucket(db, rows)) page.buckets.push_back(std::move(bucket->info));
    };
    page.truncated = list(scope, {scope.begin_after(start_after), 0}, seek, take).truncated;
    return page;
  });
}

Result<std::optional<std::string>> LocalStore::bucket_document(const BucketName& name, BucketDocument kind) {
  return engine_->read([&](Session& db) -> Result<std::optional<std::string>> {
    const auto bucket = find_bucket(db, name);
    if (!bucket) return no_such_bucket(name);
    Rows rows = db.query(queries::find_bucket_document, bucket->id, stored_name(kind));
    if (!rows.next()) return std::nullopt;
    return std::string(rows.text(0));
  });
}

Result<void> LocalStore::set_bucket_document(const BucketName& name, BucketDocument kind,
                                             const std::optional<std::string>& document) {
  const DocumentsChange change(documents_revision_);
  return engine_->write([&](WriteTransaction& transaction) -> Result<void> {
    Session& db = transaction.db;
    const auto bucket = find_bucket(db, name);
    if (!bucket) return no_such_bucket(name);
    if (kind == BucketDocument::object_lock && bucket->info.versioning != Versioning::enabled) {
      return lock_needs_versions(name);
    }
    if (document) {
      db.execute(queries::put_bucket_document, bucket->id, stored_name(kind), *document);
    } else {
      db.execute(queries::delete_bucket_document, bucket->id, stored_name(kind));
    }
    return {};
  });
}

}  // namespace partsmith::storage
