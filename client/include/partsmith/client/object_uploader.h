#pragma once
/// Stores a source as an object, by one PutObject or in parts, and proves that it lies there.

#include <partsmith/client/multipart_uploader.h>
#include <partsmith/client/object_reader.h>

namespace partsmith::client {

struct StoredObject {
  std::uint64_t bytes = 0;
  std::uint32_t parts = 0;  ///< 0: by one request
  std::uint32_t kept = 0;   ///< of the parts, those that were there already
  ETag etag;
  std::optional<Checksum> checksum;  ///< that the service told or that it was sent
  Proof proof = Proof::size;
};

/// A source that has no second part is stored by one PutObject, unless an upload was begun. A service that
/// refuses the checksum gets the object without. The proof is the service's checksum of the whole, else the
/// ETags, else the size; other content than was sent is an error of kind damaged.
std::expected<StoredObject, UploadTrouble> store_object(S3Client& client, const std::string& bucket,
                                                        const std::string& key, PartSource& source,
                                                        const MultipartUploadOptions& options);

/// What was told of an upload that may be gone on with.
Result<BegunUpload> begun_upload(S3Client& client, const UploadAddress& upload,
                                 MultipartUploadOptions& options);

}  // namespace partsmith::client
