#pragma once
/// Uploads a source in parallel parts. Memory: one part for each worker, whatever the object's size.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <string>
#include <vector>

#include <partsmith/client/multipart.h>
#include <partsmith/client/part_source.h>
#include <partsmith/client/retry.h>

namespace partsmith::client {

/// Bounds what several uploads at once have in hand; null: no bound.
using Slots = std::shared_ptr<std::counting_semaphore<>>;

/// An upload that was begun earlier. Parts that hold the source's bytes are not sent again.
struct BegunUpload {
  std::string upload_id;
  std::vector<PartInList> parts;
  bool composite = false;  ///< its checksum is one over the parts'
};

struct MultipartUploadOptions {
  unsigned workers = 4;
  RetryPolicy retries = {};  ///< of each request
  /// Declared at creation, computed over each part, and sent in its header. Where it is one of the whole
  /// object, completion states that, too, and S3 compares.
  std::optional<ChecksumAlgorithm> checksum = ChecksumAlgorithm::crc64nvme;
  protocol::Headers headers = {};             ///< of CreateMultipartUpload: type, metadata …
  protocol::Headers part_headers = {};        ///< of each part: a customer key
  protocol::Headers completion_headers = {};  ///< conditions, a customer key
  bool abort_on_failure = true;
  std::optional<BegunUpload> begun = {};  ///< instead of a new upload
  Slots slots = {};
  std::stop_token stop = {};
  /// Told after each part with the bytes uploaded so far. Called from workers, never two at once.
  std::function<void(std::uint64_t)> progress = {};
};

struct UploadedObject {
  CompletedUpload completed;
  std::string upload_id;
  std::uint32_t parts = 0;
  std::uint32_t kept = 0;  ///< of the parts, those that were there already
  std::uint64_t bytes = 0;
  Checksum content;           ///< CRC64NVME of what the source gave
  bool parts_proven = false;  ///< whether each part's answer showed that its bytes had arrived
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
