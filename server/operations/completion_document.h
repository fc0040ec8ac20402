#pragma once
/// The body of CompleteMultipartUpload.
/// Source: S3 API reference, CompleteMultipartUpload; recordings multipart-complete-too-small and others.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/values/checksum.h>
#include <partsmith/values/etag.h>

#include "visit.h"

namespace partsmith::server {

/// One <Part> as the client lists it.
struct ListedPart {
  std::int64_t number = 1;  ///< at least 1; of a part that can be there, at most 10,000
  ETag etag;
  std::vector<Checksum> checksums;  ///< of the ChecksumXXX element, if there is one
};

/// InvalidRequest for an empty body, MalformedXML for anything that isn't 1 to 10,000 parts, InvalidArgument
/// for a part number below 1, a checksum that isn't base64, and two checksums of one part.
S3Result<std::vector<ListedPart>> completion_document(std::string_view text);

}  // namespace partsmith::server
