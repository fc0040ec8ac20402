#pragma once
/// The requests of buckets and objects, one maker each.

#include <span>
#include <string>
#include <string_view>

#include <partsmith/client/s3_request.h>

namespace partsmith::client {

S3Request list_buckets();
/// `region` empty or us-east-1: without a LocationConstraint, as S3 wants it.
S3Request create_bucket(std::string bucket, std::string_view region);
S3Request delete_bucket(std::string bucket);
S3Request head_bucket(std::string bucket);

S3Request put_object(std::string bucket, std::string key, Body body);
/// Asks for the checksum too.
S3Request head_object(std::string bucket, std::string key);
S3Request get_object(std::string bucket, std::string key);
S3Request copy_object(std::string_view source_bucket, std::string_view source_key, std::string bucket,
                      std::string key);
S3Request delete_object(std::string bucket, std::string key);
/// Quiet: the answer tells only what failed. At most 1,000 keys.
S3Request delete_objects(std::string bucket, std::span<const std::string> keys);
/// Keys come URL-encoded, so that any of them can be told. `delimiter` empty: everything below.
S3Request list_objects(std::string bucket, std::string_view prefix, std::string_view delimiter);
/// ETag, checksum, parts, storage class and size.
S3Request get_object_attributes(std::string bucket, std::string key);
S3Request get_object_tagging(std::string bucket, std::string key);

/// "bytes=0-9": of `length` bytes, at least one, from `first`.
std::string byte_range(std::uint64_t first, std::uint64_t length);

}  // namespace partsmith::client
