#pragma once
/// The body of CompleteMultipartUpload.
/// Source: S3 API reference, CompleteMultipartUpload; recordings multipart-complete-too-small and others.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/values/checksum.h>
#include <partsmith/values/etag.h>

#include "call.h"

namespace partsmith::server {

/// One <Part> as the client lists it.
struct ListedPart {
  PartNumber number;
  ETag etag;
  std::vector<Checksum> checksums;  ///< each ChecksumXXX element
};

/// InvalidRequest for an empty body, MalformedXML for anything that isn't 1 to 10,000 parts, InvalidArgument for a part
/// number out of range.
S3Result<std::vector<ListedPart>> completion_document(std::string_view text);

}  // namespace partsmith::server
