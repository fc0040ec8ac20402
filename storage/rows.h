#pragma once
/// From rows to facts and back. A row that cannot be read fails the session as damaged.

#include <cstdint>
#include <optional>
#include <vector>

#include <partsmith/storage/types.h>

#include "row_ids.h"
#include "sqlite/session.h"

namespace partsmith::storage {

struct BucketRow {
  BucketId id;
  BucketInfo info;
};
struct ObjectRow {
  ManifestId manifest;
  ObjectInfo info;
};
struct UploadRow {
  ManifestId manifest;
  UploadInfo info;
  bool key_deleted = false;  ///< an object of the key was deleted since the upload began
};
struct PartRow {
  PartInfo info;
  std::uint64_t start = 0;  ///< 0 while it belongs to an upload
};

std::int64_t to_milliseconds(TimePoint time);
/// Fails the session when the row has none there.
TimePoint time_from(sqlite::Session& db, const sqlite::Rows& rows, int column);

/// The row that `rows` stands on, of a query with the columns of its kind (queries.h).
std::optional<BucketRow> read_bucket(sqlite::Session& db, const sqlite::Rows& rows);
std::optional<ObjectRow> read_object(sqlite::Session& db, const sqlite::Rows& rows, const BucketRow& bucket);
std::optional<UploadRow> read_upload(sqlite::Session& db, const sqlite::Rows& rows, const BucketName& bucket);
std::optional<PartRow> read_part(sqlite::Session& db, const sqlite::Rows& rows);
/// Adds to a page that is ascending by number, all of them greater than `after`. Whoever asks for page after
/// page would never come to an end otherwise.
void append_part(sqlite::Session& db, std::vector<PartInfo>& page, PartInfo part, std::uint32_t after);

std::optional<BucketRow> find_bucket(sqlite::Session& db, const BucketName& name);
/// What can be seen: the latest version, unless it is a delete marker.
std::optional<ObjectRow> find_object(sqlite::Session& db, const BucketRow& bucket, const ObjectKey& key);
/// The upload, while it is open.
std::optional<UploadRow> find_upload(sqlite::Session& db, const BucketRow& bucket, const UploadRef& ref);
/// The version that the upload became, while it is there.
std::optional<ObjectRow> find_object_of_upload(sqlite::Session& db, const BucketRow& bucket,
                                               const UploadRef& ref);

void insert_object(sqlite::Session& db, BucketId bucket, const ObjectRow& object);
/// Writes the object's attributes.
void set_attributes(sqlite::Session& db, const ObjectRow& object);
void insert_upload(sqlite::Session& db, BucketId bucket, const UploadRow& upload);
void put_part(sqlite::Session& db, ManifestId manifest, const PartInfo& part,
              std::optional<std::uint64_t> start);

}  // namespace partsmith::storage
