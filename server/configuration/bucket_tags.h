#pragma once
/// A bucket's tags. Source: S3 API reference, PutBucketTagging; S3 user guide, "Using cost allocation S3
/// bucket tags".

#include <string>
#include <string_view>

#include <partsmith/storage/types.h>

#include "call.h"

namespace partsmith::server {

/// At most 50, with keys of 1 to 128 characters and values of up to 256. MalformedXML, InvalidTag,
/// BadRequest.
S3Result<storage::NameValues> parse_bucket_tags(std::string_view document);
std::string bucket_tags_document(const storage::NameValues& tags);

}  // namespace partsmith::server
