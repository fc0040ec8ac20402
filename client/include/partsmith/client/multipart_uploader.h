#pragma once
/// Uploads a source in parallel parts. Memory: one part for each worker, whatever the object's size.

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include <partsmith/client/multipart.h>
#include <partsmith/client/part_source.h>
#include <partsmith/client/retry.h>

namespace partsmith::client {

struct MultipartUploadOptions {
  unsigned workers = 4;
  RetryPolicy retries = {};  ///< of each request
  /// Declared at creation, computed over each part, and sent in its header.
  std::optional<ChecksumAlgorithm> checksum = ChecksumAlgorithm::crc64nvme;
  protocol::Headers headers = {};  ///< of CreateMultipartUpload: type, metadata …
  bool abort_on_failure = true;
  std::stop_token stop = {};
  /// Told after each part with the bytes uploaded so far. Called from workers, never two at once.
  std::function<void(std::uint64_t)> progress = {};
};

struct UploadedObject {
  CompletedUpload completed;
  std::string upload_id;
  std::uint32_t parts = 0;
  std::uint64_t bytes = 0;
};

struct UploadTrouble {
  ClientError error;
  std::string upload_id;             ///< empty when no upload was made
  std::optional<ClientError> abort;  ///< why the upload could not be aborted either
};

/// Reads the source to its end; an empty one becomes an object of one empty part. On failure the upload is
/// aborted unless told otherwise.
std::expected<UploadedObject, UploadTrouble> upload_in_parts(S3Client& client, std::string bucket,
                                                             std::string key, PartSource& source,
                                                             const MultipartUploadOptions& options = {});

}  // namespace partsmith::client
