#pragma once
/// The local engine's ObjectLease. It holds the object's manifest, and reads segments a window at a time.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <partsmith/storage/store.h>

#include "engine.h"
#include "manifests.h"
#include "rows.h"

namespace partsmith::storage {

class LocalObjectLease final : public ObjectLease {
 public:
  /// The manifest is held already, since that opening; the lease lets go of it.
  LocalObjectLease(Engine& engine, std::uint64_t opening, ObjectRow object)
      : engine_(engine), opening_(opening), object_(std::move(object)) {}
  ~LocalObjectLease() override;

  const ObjectInfo& info() const override { return object_.info; }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> into) override;
  Result<std::optional<std::size_t>> read(std::uint64_t offset, BytePipe& into, std::size_t wanted) override;
  Result<std::optional<PartRange>> part(std::uint32_t ordinal) const override;
  Result<std::vector<PartInfo>> parts(std::uint32_t after, std::uint32_t limit) const override;

  bool belongs_to(const Engine& engine) const { return &engine == &engine_; }
  ManifestId manifest() const { return object_.manifest; }
  /// Nothing while the object's rows are those that were held.
  std::optional<StoreError> staleness() const;

 private:
  /// One blob's bytes, as they were last needed.
  struct OpenBlob {
    BlobId blob{};
    std::unique_ptr<ReadableFile> file;  // or, when there is none:
    Bytes bytes;
  };
  Result<const SegmentPlace*> segment_at(std::uint64_t offset);
  Result<OpenBlob*> open_blob(const SegmentPlace& segment);
  OpenBlob& keep_open(OpenBlob blob);
  Result<void> read_segment(const SegmentPlace& segment, std::uint64_t offset, std::span<std::uint8_t> into);

  Engine& engine_;
  const std::uint64_t opening_;
  ObjectRow object_;
  std::vector<SegmentPlace> window_;  // consecutive segments
  std::vector<OpenBlob> open_;        // the last used first
};

}  // namespace partsmith::storage
