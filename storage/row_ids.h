#pragma once
/// The numbers by which rows name each other, as types that cannot be mixed up.

#include <cstdint>

namespace partsmith::storage {

enum class BucketId : std::int64_t {};

/// An ordered list of parts and their segments. An upload and the object it becomes are one manifest; a plain
/// object is a manifest with the single part 1. Manifest ids grow and are never reused.
enum class ManifestId : std::int64_t {};

/// An immutable run of bytes: a file in blobs/, or a row of blob_bytes.
enum class BlobId : std::int64_t {};

}  // namespace partsmith::storage
