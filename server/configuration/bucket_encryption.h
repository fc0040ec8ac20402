#pragma once
/// A bucket's encryption configuration: what its new objects get when their requests don't say.
/// Source: S3 API reference, PutBucketEncryption; S3 user guide, "Setting default server-side encryption
/// behavior".

#include <string>
#include <string_view>

#include "visit.h"

namespace partsmith::server {

struct BucketEncryption {
  std::string algorithm = "AES256";  ///< "AES256", "aws:kms", "aws:kms:dsse"
  std::string kms_key_id;            ///< as the client gave it; empty: none
  bool bucket_key_enabled = false;
  bool blocks_customer_keys = false;
};

/// MalformedXML; InvalidArgument (a key without KMS).
S3Result<BucketEncryption> parse_bucket_encryption(std::string_view document);
std::string bucket_encryption_document(const BucketEncryption& encryption);

/// What holds for the call's bucket: SSE-S3 unless it is configured otherwise, also when there is no such
/// bucket (which is for the operation to tell).
S3Result<BucketEncryption> bucket_encryption(const Visit& visit);

}  // namespace partsmith::server
