// The life of an upload. Each function below is one transaction, and takes one arrow of
//
//                     put_part()
//                     ┌──────┐
//   create_upload()   │      ▼     complete()
//  ─────────────────► initiated ─────────────────► completed   (its object remembers it, until that is
//                         │                                     replaced or deleted: completed())
//                         │ abort(), delete_bucket()
//                         └──────────────────────► gone
//
//  1. An upload is open exactly while its row is in `uploads`; every arrow begins by finding that row, so
//     whatever comes second (a part after an abort, an abort after a Complete) changes nothing. It gets
//     no_such_upload, but for an abort of what ended of late (ended_uploads.h).
//  2. An upload and the object it becomes share one manifest: complete() moves no part, segment or byte.
//  3. The parts of an open upload have no `start`; those of an object tile it from 0, in order of number.
//  4. A part's revision is given out once: what complete() was asked for is what it takes, or parts_changed.
//  5. What an arrow makes unreachable (the old bytes of a part, the parts not chosen, the replaced object)
//     loses its references in that arrow's transaction, or is marked in it and loses them in the next ones,
//     before the caller is answered (manifests.h).
//  6. An upload id is never given out twice: it carries its manifest's number, and those only grow.

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "listing.h"
#include "local_store.h"
#include "manifests.h"
#include "page_reader.h"
#include "refusals.h"
#include "rows.h"
#include "sqlite/queries.h"
#include "staged_content.h"
#include "upload_ids.h"
#include "versions.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

struct OpenUpload {
  BucketRow bucket;
  UploadRow upload;
};

Result<OpenUpload> find_open_upload(Session& db, const UploadRef& ref) {
  auto bucket = find_bucket(db, ref.bucket);
  if (!bucket) return no_such_bucket(ref.bucket);
  auto upload = find_upload(db, *bucket, ref);
  if (!upload) return no_such_upload(ref);
  return OpenUpload{std::move(*bucket), std::move(*upload)};
}

struct Selection {
  std::vector<StoredPart> chosen;
  std::vector<StoredPart> others;
};

std::unexpected<StoreError> parts_changed(std::uint32_t number) {
  return std::unexpected(
      StoreError{StoreErrorCode::parts_changed, fmt::format("part {} is another", number)});
}

/// The upload's parts, told into those that are named and those that are not. Both lists ascend.
Result<Selection> select(Session& db, ManifestId manifest, std::span<const Store::PartRevision> named) {
  Selection selection;
  auto next = named.begin();
  Rows rows = db.query(queries::part_sizes, manifest);
  while (rows.next()) {
    StoredPart part{rows.integer(0), rows.size(1), rows.size(2), {}};
    if (!rows.is_null(3)) part.start = rows.size(3);
    if (next == named.end() || part.number < next->number.value()) {
      selection.others.push_back(part);
      continue;
    }
    if (part.number != next->number.value() || part.revision != next->revision) break;
    selection.chosen.push_back(part);
    ++next;
  }
  if (next != named.end()) return parts_changed(next->number.value());
  return selection;
}

/// Where a part will begin when all before it are there and as large: so it is of most uploads, whose last
/// part alone is smaller, and completing them has no more to write for each part.
std::uint64_t expected_start(const PartInfo& part) {
  return (part.number.value() - 1) * part.size;
}

void check_ascending(std::span<const Store::PartRevision> parts) {
  const auto unordered = [](const Store::PartRevision& a, const Store::PartRevision& b) {
    return a.number >= b.number;
  };
  if (parts.empty() || std::ranges::adjacent_find(parts, unordered) != parts.end()) {
    throw std::invalid_argument("complete() takes parts that ascend, and at least one");
  }
}

std::unexpected<StoreError> foreign_marker() {
  return std::unexpected(
      StoreError{StoreErrorCode::foreign_marker, "the upload to list behind is not of the key"});
}

/// False when the upload of the marker is open and has another key.
bool may_follow(Session& db, const BucketRow& bucket, ManifestId marker, const UploadQuery& query) {
  Rows rows = db.query(queries::upload_key, marker, query.upload_id_marker, bucket.id);
  return !rows.next() || rows.text(0) == query.key_marker;
}

}  // namespace

Result<UploadInfo> LocalStore::create_upload(const BucketName& bucket_name, const ObjectKey& key,
                                             const ObjectAttributes& attributes,
                                             std::optional<ChecksumAlgorithm> checksum_algorithm,
                                             std::optional<ChecksumType> checksum_type) {
  if (checksum_algorithm.has_value() != checksum_type.has_value()) {
    throw std::invalid_argument("an upload's checksum has an algorithm and a type, or neither");
  }
  if (auto room = engine_->require_room(0); !room) return std::unexpected(std::move(room.error()));
  return engine_->write([&](WriteTransaction& transaction) -> Result<UploadInfo> {
    Session& db = transaction.db;
    const auto bucket = find_bucket(db, bucket_name);
    if (!bucket) return no_such_bucket(bucket_name);
    const ManifestId manifest = new_manifest(db);
    UploadRow upload{manifest,
                     {.bucket = bucket_name,
                      .key = key,
                      .id = make_upload_id(manifest, engine_->random()),
                      .initiated = engine_->now(),
                      .attributes = attributes,
                      .checksum_algorithm = checksum_algorithm,
                      .checksum_type = checksum_type}};
    insert_upload(db, bucket->id, upload);
    return std::move(upload.info);
  });
}

Result<UploadInfo> LocalStore::upload(const UploadRef& ref) {
  return engine_->read([&](Session& db) -> Result<UploadInfo> {
    auto found = find_open_upload(db, ref);
    if (!found) return std::unexpected(std::move(found.error()));
    return std::move(found->upload.info);
  });
}

Result<PartInfo> LocalStore::put_part(const UploadRef& ref, PartNumber number, Content content,
                                      const PartFacts& facts) {
  auto staged = StagedContent::stage(std::move(content), *engine_);
  if (!staged) return std::unexpected(std::move(staged.error()));
  const auto work = [&](WriteTransaction& transaction) -> Result<PartInfo> {
    Session& db = transaction.db;
    const auto found = find_open_upload(db, ref);
    if (!found) return std::unexpected(found.error());
    const ManifestId manifest = found->upload.manifest;
    PartInfo part{.number = number,
                  .revision = next_revision(db, manifest),
                  .size = staged->size(),
                  .etag = facts.etag,
                  .checksum = facts.checksum,
                  .modified = engine_->now()};
    if (const auto replaced = db.integer(queries::part_revision, manifest, number.value())) {
      free_replaced_part(transaction, manifest, number, static_cast<std::uint64_t>(*replaced));
    }
    staged->insert(transaction, manifest, part.revision);
    storage::put_part(db, manifest, part, expected_start(part));
    return part;
  };
  return engine_->write(work, &*staged);
}

Result<PartPage> LocalStore::parts(const UploadRef& ref, std::uint32_t after, std::uint32_t limit) {
  return engine_->read([&](Session& db) -> Result<PartPage> {
    auto found = find_open_upload(db, ref);
    if (!found) return std::unexpected(std::move(found.error()));
    PartPage page{std::move(found->upload.info), {}, false};
    if (limit == 0) return page;
    Rows rows = db.query(queries::list_parts, found->upload.manifest, after, std::uint64_t{limit} + 1);
    while (rows.next()) {
      page.truncated = page.parts.size() == limit;
      if (page.truncated) break;
      if (auto part = read_part(db, rows)) append_part(db, page.parts, std::move(part->info), after);
    }
    return page;
  });
}

Result<ObjectInfo> LocalStore::complete(const UploadRef& ref, std::span<const PartRevision> parts,
                                        const ObjectDraft& draft) {
  check_ascending(parts);
  return engine_->write([&](WriteTransaction& transaction) -> Result<ObjectInfo> {
    Session& db = transaction.db;
    auto found = find_open_upload(db, ref);
    if (!found) return std::unexpected(std::move(found.error()));
    const ManifestId manifest = found->upload.manifest;
    auto existing = find_object(db, found->bucket, ref.key);
    if (auto may = check_condition(draft.condition, existing, ref.bucket, ref.key); !may) {
      return std::unexpected(std::move(may.error()));
    }
    // Manifests are numbered in the order in which puts and uploads began (versions.h).
    if (draft.condition.must_match && existing && existing->manifest > manifest) {
      return std::unexpected(
          StoreError{StoreErrorCode::conflict, "the object was written after the upload began"});
    }
    // Source: user guide, "How to prevent object overwrites with conditional writes".
    if (draft.condition.must_not_exist && found->upload.key_deleted) {
      return std::unexpected(
          StoreError{StoreErrorCode::conflict, "an object of the key was deleted after the upload began"});
    }
    const auto selection = select(db, manifest, parts);
    if (!selection) return std::unexpected(selection.error());

    std::uint64_t size = 0;
    for (const StoredPart& chosen : selection->chosen) size += chosen.size;
    ObjectRow object{manifest,
                     {.bucket = ref.bucket,
                      .key = ref.key,
                      .size = size,
                      .etag = draft.etag,
                      .checksum = draft.checksum,
                      .modified = found->upload.info.initiated,
                      .attributes = std::move(found->upload.info.attributes),
                      .multipart = true,
                      .part_count = static_cast<std::uint32_t>(selection->chosen.size()),
                      .upload_id = ref.id}};
    if (!object.info.attributes.retention) object.info.attributes.retention = draft.default_retention;
    db.execute(queries::delete_upload, manifest);
    ended_.remember(ref);  // before the commit: an abort that comes second finds it
    if (is_superseded(db, found->bucket, found->upload, existing)) {
      release_manifest(transaction, manifest);
      return std::move(object.info);
    }
    free_unchosen_parts(transaction, manifest, selection->others);
    std::uint64_t start = 0;
    for (const StoredPart& chosen : selection->chosen) {
      if (chosen.start != start) db.execute(queries::set_part_start, manifest, chosen.number, start);
      start += chosen.size;
    }
    add_version(transaction, found->bucket, object, std::move(existing), engine_->random());
    return std::move(object.info);
  });
}

Result<ObjectInfo> LocalStore::completed(const UploadRef& ref) {
  return engine_->read([&](Session& db) -> Result<ObjectInfo> {
    const auto bucket = find_bucket(db, ref.bucket);
    if (!bucket) return no_such_bucket(ref.bucket);
    auto object = find_object_of_upload(db, *bucket, ref);
    if (!object) return no_such_upload(ref);
    return std::move(object->info);
  });
}

Result<void> LocalStore::abort(const UploadRef& ref) {
  auto aborted = engine_->write([&](WriteTransaction& transaction) -> Result<void> {
    const auto found = find_open_upload(transaction.db, ref);
    if (!found) return std::unexpected(found.error());
    transaction.db.execute(queries::delete_upload, found->upload.manifest);
    ended_.remember(ref);
    release_manifest(transaction, found->upload.manifest);
    return {};
  });
  const bool ended_before = !aborted && aborted.error().code == StoreErrorCode::no_such_upload;
  if (ended_before && ended_.remembers(ref)) return {};
  return aborted;
}

Result<UploadPage> LocalStore::list_uploads(const BucketName& bucket_name, const UploadQuery& query) {
  const ListingScope scope{query.prefix, query.delimiter, query.limit};
  ListingPosition begin{scope.begin_after(query.key_marker), 0};
  const bool within_key = !query.key_marker.empty() && !query.upload_id_marker.empty();
  const auto after = within_key ? manifest_of(query.upload_id_marker) : std::nullopt;
  if (after && query.key_marker.starts_with(query.prefix) && !scope.group_of(query.key_marker)) {
    begin = {query.key_marker, static_cast<std::int64_t>(*after)};
  }
  return engine_->read([&](Session& db) -> Result<UploadPage> {
    const auto bucket = find_bucket(db, bucket_name);
    if (!bucket) return no_such_bucket(bucket_name);
    // An upload that has gone keeps its place: the page behind it is still to be had.
    if (within_key && !(after && may_follow(db, *bucket, *after, query))) return foreign_marker();
    UploadPage page;
    PageReader reader;
    const auto seek = [&](const ListingPosition& position, const std::string& end) {
      return db.query(queries::list_uploads, bucket->id, position.key, position.number, end);
    };
    const auto take = [&](const Rows& rows) {
      if (auto upload = reader.upload(db, rows, bucket_name)) page.uploads.push_back(std::move(upload->info));
    };
    ListingEnd end = list(scope, begin, seek, take);
    page.common_prefixes = std::move(end.common_prefixes);
    page.truncated = end.truncated;
    if (end.ends_with_group) {
      page.next_key_marker = page.common_prefixes.back();
    } else if (!page.uploads.empty()) {
      page.next_key_marker = page.uploads.back().key.text();
      page.next_upload_id_marker = page.uploads.back().id.text();
    }
    return page;
  });
}

}  // namespace partsmith::storage
