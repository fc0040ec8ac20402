#pragma once
/// Copies an object from one service to another: its bytes pass through here, in the parts that it has there.

#include <partsmith/client/object_likeness.h>
#include <partsmith/client/object_uploader.h>
#include <partsmith/values/limits.h>

namespace partsmith::client {

struct CarryOptions {
  protocol::Headers headers = {};             ///< of the new object: content type, metadata, tags …
  protocol::Headers conditions = {};          ///< on what is there already
  protocol::Headers key_headers = {};         ///< a customer key for the new object
  std::uint64_t part_size = 8 * limits::mib;  ///< of what must go in parts and tells of none
  unsigned workers = 4;
  CallPolicy call_policy = {};
  Slots slots = {};
  bool abort_on_failure = true;
  std::function<void(std::uint64_t)> progress = {};
};

/// What was uploaded in parts gets the same parts, so that its ETag is the same; where the source's service
/// doesn't tell of them, parts of a size that tools commonly use and that are as many. The source's checksum
/// is declared again. `facts` are what HEAD told of the source; one that is changed meanwhile is refused.
/// Memory: some hundred KiB for each worker, whatever the size of a part.
std::expected<StoredObject, UploadTrouble> carry_object(const ObjectAt& from, const ObjectFacts& facts,
                                                        S3Client& client, const S3Url& to,
                                                        const CarryOptions& options);

}  // namespace partsmith::client
