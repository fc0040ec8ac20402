#pragma once
/// What an object is to be like when it is copied to another service, and whether one is.

#include <string>
#include <vector>

#include <partsmith/client/objects.h>
#include <partsmith/client/s3_url.h>

namespace partsmith::client {

/// One version of an object at a service.
struct ObjectAt {
  S3Client& client;
  S3Url url;
  std::string version_id = {};         ///< empty: the current one
  protocol::Headers key_headers = {};  ///< a customer key, to read it

  /// A request for it.
  S3Request addressed(S3Request request) const;
};

/// Content type, other headers of the content, metadata, and where a website redirects to, as HEAD told them.
protocol::Headers described_headers(const ObjectFacts& facts);
/// As x-amz-tagging has them; empty when HEAD told of none.
Result<std::string> tags_of(const ObjectAt& object, const ObjectFacts& facts, const CallPolicy& call_policy);

/// How `found` differs from what it is to be, a line each: size, bytes (as checksums or ETags tell), headers,
/// metadata, tags, storage class. `source` has the bytes, `headers` are those that a request would create it
/// with, x-amz-tagging among them.
std::vector<std::string> differences(const ObjectFacts& source, const protocol::Headers& headers,
                                     const ObjectFacts& found, const std::string& found_tags);

}  // namespace partsmith::client
