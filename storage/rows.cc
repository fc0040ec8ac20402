#include "rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "attributes_json.h"
#include "page_reader.h"
#include "sqlite/queries.h"
#include "upload_ids.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

std::nullopt_t damaged(Session& db, std::string_view what) {
  db.fail({StoreErrorCode::damaged, fmt::format("a row of the database holds no valid {}", what)});
  return std::nullopt;
}

// Dates have four digits for the year.
constexpr std::int64_t last_millisecond = 253'402'300'799'999;
constexpr std::size_t max_etag_bytes = 128;

// The readers of single values fail the session when the row holds none; what they return then doesn't
// matter.

/// As ETags are written into heads and documents: printable ASCII without quotes.
ETag etag_from(Session& db, const Rows& rows, int column) {
  const std::string_view text = rows.text(column);
  const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '"'; });
  if (!plain || text.size() > max_etag_bytes) {
    damaged(db, "ETag");
    return {};
  }
  return ETag::from_stored(std::string(text));
}

/// Regions stand in heads, too.
std::string region_from(Session& db, const Rows& rows, int column) {
  const std::string_view text = rows.text(column);
  const bool plain = std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
  if (!plain || !is_utf8(text)) damaged(db, "region");
  return std::string(text);
}

/// Of parts: as many as an object can have.
std::uint32_t count_from(Session& db, const Rows& rows, int column) {
  const std::int64_t value = rows.integer(column);
  if (value >= 0 && value <= limits::max_part_number) return static_cast<std::uint32_t>(value);
  damaged(db, "count of parts");
  return 0;
}

ManifestId manifest_from(Session& db, const Rows& rows, int column) {
  if (rows.integer(column) <= 0) damaged(db, "manifest");
  return rows.id<ManifestId>(column);
}

std::optional<std::string_view> name_of(const std::optional<ChecksumAlgorithm>& algorithm) {
  if (!algorithm) return std::nullopt;
  return traits(*algorithm).name;
}

/// The value in two columns; `present` tells no checksum from a damaged one.
std::optional<Checksum> checksum_from(const Rows& rows, int algorithm_column, int value_column) {
  const auto algorithm = checksum_algorithm_by_name(rows.text(algorithm_column));
  const ByteView value = rows.bytes(value_column);
  if (!algorithm || value.size() != traits(*algorithm).bytes) return std::nullopt;
  return Checksum{*algorithm, Bytes(value.begin(), value.end())};
}

}  // namespace

TimePoint time_from(Session& db, const Rows& rows, int column) {
  const std::int64_t value = rows.integer(column);
  if (value >= 0 && value <= last_millisecond) return TimePoint(std::chrono::milliseconds(value));
  damaged(db, "time");
  return {};
}

std::int64_t to_milliseconds(TimePoint time) {
  return time.time_since_epoch().count();
}

std::optional<BucketRow> read_bucket(Session& db, const Rows& rows) {
  auto name = BucketName::parse(rows.text(0));
  if (!name) return damaged(db, "bucket name");
  const std::int64_t versioning = rows.integer(4);
  if (versioning < 0 || versioning > static_cast<std::int64_t>(Versioning::suspended)) {
    return damaged(db, "versioning");
  }
  return BucketRow{rows.id<BucketId>(1),
                   {std::move(*name), region_from(db, rows, 2), time_from(db, rows, 3),
                    static_cast<Versioning>(versioning)}};
}

const std::optional<ObjectAttributes>& PageReader::attributes(std::string_view json) {
  if (!parsed_ || json != json_) {
    parsed_ = attributes_from_json(json);
    json_ = json;
  }
  return parsed_;
}

std::optional<ObjectRow> read_object(Session& db, const Rows& rows, const BucketRow& bucket) {
  return PageReader().object(db, rows, bucket);
}

std::optional<UploadRow> read_upload(Session& db, const Rows& rows, const BucketName& bucket) {
  return PageReader().upload(db, rows, bucket);
}

std::optional<ObjectRow> PageReader::object(Session& db, const Rows& rows, const BucketRow& bucket) {
  auto key = ObjectKey::parse(rows.text(0));
  if (!key) return damaged(db, "object key");
  const auto& attributes = this->attributes(rows.text(9));
  if (!attributes) return damaged(db, "attributes");
  ObjectInfo info{.bucket = bucket.info.name,
                  .key = std::move(*key),
                  .size = rows.size(2),
                  .etag = etag_from(db, rows, 3),
                  .checksum = {},
                  .modified = time_from(db, rows, 8),
                  .attributes = *attributes,
                  .multipart = !rows.is_null(11),
                  .part_count = count_from(db, rows, 10),
                  .upload_id = {},
                  .latest = rows.integer(13) != 0,
                  .delete_marker = rows.integer(14) != 0,
                  .versioning = bucket.info.versioning};
  if (!rows.is_null(4)) {
    auto value = checksum_from(rows, 4, 5);
    const auto type = checksum_type_by_name(rows.text(6));
    if (!value || !type) return damaged(db, "checksum");
    info.checksum = ObjectChecksum{std::move(*value), *type, count_from(db, rows, 7)};
  }
  if (info.multipart) info.upload_id = UploadId(std::string(rows.text(11)));
  if (!rows.is_null(12)) {
    auto version = VersionId::parse(rows.text(12));
    if (!version) return damaged(db, "version id");
    info.version = std::move(*version);
  }
  return ObjectRow{manifest_from(db, rows, 1), std::move(info)};
}

std::optional<UploadRow> PageReader::upload(Session& db, const Rows& rows, const BucketName& bucket) {
  auto key = ObjectKey::parse(rows.text(0));
  if (!key) return damaged(db, "object key");
  const auto& attributes = this->attributes(rows.text(4));
  if (!attributes) return damaged(db, "attributes");
  UploadInfo info{.bucket = bucket,
                  .key = std::move(*key),
                  .id = UploadId(std::string(rows.text(2))),
                  .initiated = time_from(db, rows, 3),
                  .attributes = *attributes,
                  .checksum_algorithm = {},
                  .checksum_type = {}};
  if (!rows.is_null(5)) {
    info.checksum_algorithm = checksum_algorithm_by_name(rows.text(5));
    info.checksum_type = checksum_type_by_name(rows.text(6));
    if (!info.checksum_algorithm || !info.checksum_type) return damaged(db, "checksum algorithm");
  }
  return UploadRow{manifest_from(db, rows, 1), std::move(info), rows.integer(7) != 0};
}

std::optional<PartRow> read_part(Session& db, const Rows& rows) {
  const auto number = PartNumber::from(rows.integer(0));
  if (!number) return damaged(db, "part number");
  PartInfo info{.number = *number,
                .revision = rows.size(1),
                .size = rows.size(3),
                .etag = etag_from(db, rows, 4),
                .checksum = {},
                .modified = time_from(db, rows, 7)};
  if (!rows.is_null(5)) {
    info.checksum = checksum_from(rows, 5, 6);
    if (!info.checksum) return damaged(db, "checksum");
  }
  return PartRow{std::move(info), rows.is_null(2) ? 0 : rows.size(2)};
}

void append_part(Session& db, std::vector<PartInfo>& page, PartInfo part, std::uint32_t after) {
  const std::uint32_t last = page.empty() ? after : page.back().number.value();
  if (part.number.value() <= last) {
    damaged(db, "part number in its order");
    return;
  }
  page.push_back(std::move(part));
}

std::optional<BucketRow> find_bucket(Session& db, const BucketName& name) {
  Rows rows = db.query(queries::find_bucket, name.text());
  if (!rows.next()) return std::nullopt;
  return read_bucket(db, rows);
}

std::optional<ObjectRow> find_object(Session& db, const BucketRow& bucket, const ObjectKey& key) {
  Rows rows = db.query(queries::find_object, bucket.id, key.text());
  if (!rows.next()) return std::nullopt;
  return read_object(db, rows, bucket);
}

std::optional<UploadRow> find_upload(Session& db, const BucketRow& bucket, const UploadRef& ref) {
  const auto manifest = manifest_of(ref.id.text());
  if (!manifest) return std::nullopt;
  Rows rows = db.query(queries::find_upload, *manifest, ref.id.text(), bucket.id, ref.key.text());
  if (!rows.next()) return std::nullopt;
  return read_upload(db, rows, bucket.info.name);
}

std::optional<ObjectRow> find_object_of_upload(Session& db, const BucketRow& bucket, const UploadRef& ref) {
  const auto manifest = manifest_of(ref.id.text());
  if (!manifest) return std::nullopt;
  Rows rows = db.query(queries::find_object_of_upload, *manifest, ref.id.text(), bucket.id, ref.key.text());
  if (!rows.next()) return std::nullopt;
  return read_object(db, rows, bucket);
}

void insert_object(Session& db, BucketId bucket, const ObjectRow& object) {
  const ObjectInfo& info = object.info;
  std::optional<std::string_view> algorithm;
  std::optional<ByteView> value;
  std::optional<std::string_view> type;
  std::optional<std::uint32_t> parts;
  if (info.checksum) {
    algorithm = traits(info.checksum->checksum.algorithm).name;
    value = info.checksum->checksum.value;
    type = to_string(info.checksum->type);
    parts = info.checksum->part_count;
  }
  std::optional<std::string_view> upload_id;
  if (info.upload_id) upload_id = info.upload_id->text();
  std::optional<std::string_view> version_id;
  if (!info.version.is_null()) version_id = info.version.text();
  db.execute(queries::insert_object, object.manifest, bucket, info.key.text(), info.size, info.etag.text(),
             algorithm, value, type, parts, to_milliseconds(info.modified), to_json(info.attributes),
             info.part_count, upload_id, version_id, info.latest, info.delete_marker);
}

void set_attributes(Session& db, const ObjectRow& object) {
  db.execute(queries::set_attributes, object.manifest, to_json(object.info.attributes));
}

void insert_upload(Session& db, BucketId bucket, const UploadRow& upload) {
  const UploadInfo& info = upload.info;
  std::optional<std::string_view> type;
  if (info.checksum_type) type = to_string(*info.checksum_type);
  db.execute(queries::insert_upload, upload.manifest, info.id.text(), bucket, info.key.text(),
             to_milliseconds(info.initiated), to_json(info.attributes), name_of(info.checksum_algorithm),
             type);
}

void put_part(Session& db, ManifestId manifest, const PartInfo& part, std::optional<std::uint64_t> start) {
  std::optional<std::string_view> algorithm;
  std::optional<ByteView> value;
  if (part.checksum) {
    algorithm = traits(part.checksum->algorithm).name;
    value = part.checksum->value;
  }
  db.execute(queries::put_part, manifest, part.number.value(), part.revision, start, part.size,
             part.etag.text(), algorithm, value, to_milliseconds(part.modified));
}

}  // namespace partsmith::storage
