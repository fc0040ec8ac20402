#include "object_lease.h"

#include <fmt/format.h>

#include <algorithm>

#include "sqlite/queries.h"

namespace partsmith::storage {

using sqlite::Rows;
using sqlite::Session;

namespace {

constexpr std::uint32_t window_size = 64;
constexpr std::size_t most_open_blobs = 2;

std::unexpected<StoreError> damaged(std::string detail) {
  return std::unexpected(StoreError{StoreErrorCode::damaged, std::move(detail)});
}

Result<Bytes> bytes_of_blob(Session& db, BlobId blob) {
  Rows rows = db.query(queries::blob_bytes, blob);
  if (!rows.next()) return damaged("a blob's bytes are missing from the database");
  const ByteView view = rows.bytes(0);
  return Bytes(view.begin(), view.end());
}

}  // namespace

LocalObjectLease::~LocalObjectLease() {
  open_.clear();
  engine_.release(opening_, object_);
}

std::optional<StoreError> LocalObjectLease::staleness() const {
  if (!engine_.leases().is_stale(opening_)) return std::nullopt;
  return StoreError{StoreErrorCode::io, "a snapshot was restored while the object was read"};
}

Result<std::size_t> LocalObjectLease::read(std::uint64_t offset, std::span<std::uint8_t> into) {
  if (auto stale = staleness()) return std::unexpected(*std::move(stale));
  const std::uint64_t size = object_.info.size;
  if (offset >= size) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size - offset));
  std::size_t done = 0;
  while (done < wanted) {
    const auto segment = segment_at(offset + done);
    if (!segment) return std::unexpected(segment.error());
    const std::uint64_t rest = (*segment)->start + (*segment)->length - (offset + done);
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(rest, wanted - done));
    if (auto read = read_segment(**segment, offset + done, into.subspan(done, piece)); !read) {
      return std::unexpected(read.error());
    }
    done += piece;
  }
  return done;
}

Result<std::optional<std::size_t>> LocalObjectLease::read(std::uint64_t offset, BytePipe& into,
                                                          std::size_t wanted) {
  if (auto stale = staleness()) return std::unexpected(*std::move(stale));
  const auto segment = segment_at(offset);
  if (!segment) return std::unexpected(segment.error());
  if (!(*segment)->file) return std::nullopt;
  const auto blob = open_blob(**segment);
  if (!blob) return std::unexpected(blob.error());
  const std::uint64_t within = offset - (*segment)->start;
  const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>((*segment)->length - within, wanted));
  const auto count = (*blob)->file->read((*segment)->blob_offset + within, into, piece);
  if (!count) return std::unexpected(count.error().to_store_error());
  if (*count == 0) return damaged(fmt::format("file {} is too short", (*segment)->file->text()));
  return *count;
}

Result<const SegmentPlace*> LocalObjectLease::segment_at(std::uint64_t offset) {
  const auto find = [&]() -> const SegmentPlace* {
    auto after = std::ranges::upper_bound(window_, offset, {}, &SegmentPlace::start);
    if (after == window_.begin()) return nullptr;
    const SegmentPlace& candidate = *std::prev(after);
    return offset - candidate.start < candidate.length ? &candidate : nullptr;
  };
  if (const SegmentPlace* segment = find()) return segment;
  auto window = engine_.read([&](Session& db) -> Result<std::vector<SegmentPlace>> {
    auto places = segments_from(db, object_.manifest, offset, object_.info.size, window_size);
    // A small object's bytes come from the same snapshot: the look for them would cost as much again.
    if (places.size() == 1 && !places.front().file) {
      auto bytes = bytes_of_blob(db, places.front().blob);
      if (!bytes) return std::unexpected(std::move(bytes.error()));
      keep_open({.blob = places.front().blob, .file = {}, .bytes = std::move(*bytes)});
    }
    return places;
  });
  if (!window) return std::unexpected(std::move(window.error()));
  window_ = std::move(*window);
  if (const SegmentPlace* segment = find()) return segment;
  return damaged(fmt::format("no segment holds byte {} of {}", offset, object_.info.key.text()));
}

Result<LocalObjectLease::OpenBlob*> LocalObjectLease::open_blob(const SegmentPlace& segment) {
  const auto known = std::ranges::find(open_, segment.blob, &OpenBlob::blob);
  if (known != open_.end()) {
    std::rotate(open_.begin(), known, std::next(known));
    return &open_.front();
  }
  OpenBlob opened{.blob = segment.blob, .file = {}, .bytes = {}};
  if (segment.file) {
    auto file = engine_.blobs().open(*segment.file);
    if (!file) return std::unexpected(std::move(file.error()));
    opened.file = std::move(*file);
  } else {
    auto bytes = engine_.read([&](Session& db) { return bytes_of_blob(db, segment.blob); });
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    opened.bytes = std::move(*bytes);
  }
  return &keep_open(std::move(opened));
}

LocalObjectLease::OpenBlob& LocalObjectLease::keep_open(OpenBlob blob) {
  if (open_.size() == most_open_blobs) open_.pop_back();
  return *open_.insert(open_.begin(), std::move(blob));
}

Result<void> LocalObjectLease::read_segment(const SegmentPlace& segment, std::uint64_t offset,
                                            std::span<std::uint8_t> into) {
  const auto blob = open_blob(segment);
  if (!blob) return std::unexpected(blob.error());
  const std::uint64_t from = segment.blob_offset + (offset - segment.start);
  if ((*blob)->file) {
    const auto count = (*blob)->file->read(from, into);
    if (!count) return std::unexpected(count.error().to_store_error());
    if (*count < into.size()) return damaged(fmt::format("file {} is too short", segment.file->text()));
    return {};
  }
  const Bytes& bytes = (*blob)->bytes;
  if (from > bytes.size() || into.size() > bytes.size() - from)
    return damaged("a blob in the database is too short");
  std::copy_n(bytes.data() + from, into.size(),
              into.data());  // pointers: the library copies words, not bytes
  return {};
}

Result<std::optional<ObjectLease::PartRange>> LocalObjectLease::part(std::uint32_t ordinal) const {
  if (ordinal == 0 || ordinal > object_.info.part_count) return std::nullopt;
  if (auto stale = staleness()) return std::unexpected(*std::move(stale));
  return engine_.read([&](Session& db) -> Result<std::optional<PartRange>> {
    // Numbers without gaps, as most have, need no counting.
    const bool gapless =
        db.integer(queries::last_part_of_object, object_.manifest) == object_.info.part_count;
    Rows rows = gapless ? db.query(queries::object_part_by_number, object_.manifest, ordinal)
                        : db.query(queries::object_part_by_ordinal, object_.manifest, ordinal - 1);
    if (!rows.next()) return damaged("a part is missing from the database");
    auto part = read_part(db, rows);
    if (!part) return std::nullopt;
    return PartRange{std::move(part->info), part->start};
  });
}

Result<std::vector<PartInfo>> LocalObjectLease::parts(std::uint32_t after, std::uint32_t limit) const {
  if (auto stale = staleness()) return std::unexpected(*std::move(stale));
  return engine_.read([&](Session& db) -> Result<std::vector<PartInfo>> {
    std::vector<PartInfo> parts;
    Rows rows = db.query(queries::list_object_parts, object_.manifest, after, limit);
    while (rows.next()) {
      if (auto part = read_part(db, rows)) append_part(db, parts, std::move(part->info), after);
    }
    return parts;
  });
}

}  // namespace partsmith::storage
