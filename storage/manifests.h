#pragma once
/// Manifests: the segments of each part, and the references that blobs have from them.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <partsmith/values/names.h>

#include "files/blob_name.h"
#include "row_ids.h"
#include "rows.h"
#include "write_transaction.h"

namespace partsmith::storage {

/// A run of bytes of an object, in a blob.
struct SegmentPlace {
  std::uint64_t start = 0;  ///< offset in the object
  std::uint64_t length = 0;
  BlobId blob{};
  std::uint64_t blob_offset = 0;
  std::optional<BlobName> file;  ///< nothing: the blob's bytes are in the database
};

/// What is known of a part without its facts.
struct StoredPart {
  std::int64_t number;
  std::uint64_t revision;
  std::uint64_t size;
  std::optional<std::uint64_t> start;  ///< offset in the object, or where it is expected to be
};

/// A segment that named the blob has gone: without any, the blob is freed.
void drop_reference(WriteTransaction& transaction, BlobId blob);

ManifestId new_manifest(sqlite::Session& db);
/// A number for a new part's bytes, never given out before for this manifest.
std::uint64_t next_revision(sqlite::Session& db, ManifestId manifest);

/// Up to `limit` segments of an object, the first being the one that holds the byte at `offset`. Those of
/// later parts are looked for where these don't reach `end`.
std::vector<SegmentPlace> segments_from(sqlite::Session& db, ManifestId manifest, std::uint64_t offset,
                                        std::uint64_t end, std::uint32_t limit);

/// Makes a new blob the whole of a part.
void add_file_segment(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision,
                      const BlobName& file, std::uint64_t size);
void add_inline_segment(WriteTransaction& transaction, ManifestId manifest, std::uint64_t revision,
                        ByteView bytes);
/// Makes a range of an object the whole of a part, sharing its blobs.
void share_segments(sqlite::Session& db, ManifestId manifest, std::uint64_t revision, ManifestId source,
                    std::uint64_t offset, std::uint64_t length);

// What is freed may have any number of segments and parts. A transaction frees so many (rows_to_free), and
// marks the manifest of the rest, which transactions of their own free before the caller is answered, or the
// next start after a crash. Until then nobody sees them:
//  - released: no object or upload has the manifest;
//  - surplus: an object or upload has it. To be freed are an object's parts without a `start`, and parts with
//    a negative number.
enum class Release : std::int64_t { none = 0, released = 1, surplus = 2 };

/// Frees a part of an upload that another is about to replace.
void free_replaced_part(WriteTransaction& transaction, ManifestId manifest, PartNumber number,
                        std::uint64_t revision);
/// Frees the parts of an upload that its object will not have. The others get their `start`.
void free_unchosen_parts(WriteTransaction& transaction, ManifestId manifest,
                         std::span<const StoredPart> parts);
/// Ends a manifest to which no object or upload refers: frees it, or sets it aside while it is read.
void release_manifest(WriteTransaction& transaction, ManifestId manifest);
/// Frees more of a manifest that is marked. Nothing happens when it isn't, or has gone.
void free_released(WriteTransaction& transaction, ManifestId manifest);
/// Deletes an object and releases its manifest; a large one is freed after the answer.
void remove_object(WriteTransaction& transaction, const ObjectRow& object);

}  // namespace partsmith::storage
