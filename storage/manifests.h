#pragma once
/// Manifests: the segments of each part, and the references that blobs have from them.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "row_ids.h"
#include "write_transaction.h"

namespace partsmith::storage {

/// A run of bytes of an object, in a blob.
struct SegmentPlace {
  std::uint64_t start = 0;  ///< offset in the object
  std::uint64_t length = 0;
  BlobId blob{};
  std::uint64_t blob_offset = 0;
  std::optional<std::string> file;  ///< nothing: the blob's bytes are in the database
};

/// What is known of a part without its facts.
struct StoredPart {
  std::uint32_t number;
  std::uint64_t revision;
  std::uint64_t size;
};

ManifestId new_manifest(sqlite::Session& db);
/// A number for a new part's bytes, never given out before for this manifest.
std::uint64_t next_revision(sqlite::Session& db, ManifestId manifest);

/// Up to `limit` segments of an object, the first being the one that holds the byte at `offset`.
std::vector<SegmentPlace> segments_from(sqlite::Session& db, ManifestId manifest, std::uint64_t offset,
                                        std::uint32_t limit);

/// Makes a new blob the whole of a part.
void add_file_segment(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision,
                      const std::string& file, std::uint64_t size);
void add_inline_segment(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision,
                        ByteView bytes);
/// Makes a range of an object the whole of a part, sharing its blobs.
void share_segments(sqlite::Session& db, ManifestId manifest, std::uint64_t revision, ManifestId source,
                    std::uint64_t offset, std::uint64_t length);

/// Frees the bytes of one part of an upload.
void free_revision(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision);
/// Takes these parts from an upload and frees them; those that are more than the transaction may free get a
/// manifest of their own, which is set aside.
void free_parts(WriteTransaction& transaction, ManifestId manifest, std::span<const StoredPart> parts);
/// Ends a manifest to which no object or upload refers: frees its bytes, or sets it aside while it is read.
/// Of one with more parts than the transaction may free it frees some, and sets the rest aside for
/// transactions of their own, which follow before the caller is answered. Nothing happens when it has gone
/// already.
void release_manifest(WriteTransaction& transaction, ManifestId manifest);
/// Deletes an object and releases its manifest.
void remove_object(WriteTransaction& transaction, ManifestId object);

}  // namespace partsmith::storage
