#pragma once
/// Copies from object to object inside a service: no byte comes here.

#include <partsmith/client/object_uploader.h>
#include <partsmith/client/s3_url.h>
#include <partsmith/values/limits.h>

namespace partsmith::client {

struct CopyOptions {
  std::uint64_t threshold = limits::max_put_size;  ///< a larger source is copied in parts
  std::uint64_t part_size = limits::gib;
  protocol::Headers headers = {};      ///< of the new object; see replace_metadata
  bool replace_metadata = false;       ///< else the new object has the source's type and metadata
  bool replace_tags = false;           ///< else its tags
  protocol::Headers conditions = {};   ///< on what is there already
  protocol::Headers key_headers = {};  ///< of the new object: a customer key, and the source's for copies
  unsigned workers = 4;
  CallPolicy call_policy = {};
  Slots slots = {};
  bool abort_on_failure = true;
  std::function<void(std::uint64_t)> progress = {};
};

/// `facts` are what HEAD told of the source; a source that is changed meanwhile is refused.
std::expected<StoredObject, UploadTrouble> copy_object_to(S3Client& client, const S3Url& from,
                                                          const ObjectFacts& facts, const S3Url& to,
                                                          const CopyOptions& options);

}  // namespace partsmith::client
