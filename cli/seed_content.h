#pragma once
/// Bytes of seeds on their way into the store, with what S3 computes of them.

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include <partsmith/storage/store.h>
#include <partsmith/values/checksum.h>
#include <partsmith/values/digest.h>

namespace partsmith::cli {

class SeedContent {
 public:
  /// The error is one line.
  static std::expected<SeedContent, std::string> begin(storage::Store& store, ChecksumAlgorithm algorithm);

  std::expected<void, std::string> add(ByteView bytes);
  std::expected<void, std::string> add_file(const std::filesystem::path& file);
  /// So many zeros.
  std::expected<void, std::string> add_zeros(std::uint64_t size);

  // Once, when all bytes are there:

  ETag etag() { return ETag::from_stored(to_hex(md5_.finish())); }
  Checksum checksum() { return checksum_.finish(); }
  storage::Content content() { return storage::Content::written(std::move(blob_)); }

 private:
  SeedContent(std::unique_ptr<storage::BlobWriter> blob, ChecksumAlgorithm algorithm)
      : blob_(std::move(blob)), checksum_(algorithm) {}

  std::unique_ptr<storage::BlobWriter> blob_;
  Digest md5_{DigestKind::md5};
  Checksummer checksum_;
};

/// Puts it as an object.
std::expected<void, std::string> put_seed(storage::Store& store, const BucketName& bucket,
                                          const ObjectKey& key, SeedContent content,
                                          storage::ObjectAttributes attributes);

}  // namespace partsmith::cli
