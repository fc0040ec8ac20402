#pragma once
/// AWS Signature Version 2 for S3, which its older regions still accept; boto3 presigns with it by default
/// for us-east-1. Source: S3 API reference, "Signing and authenticating REST requests (AWS signature version
/// 2)".

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/protocol/error.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/time.h>

namespace partsmith::protocol::sigv2 {

struct Claim {
  std::string access_key;
  std::string signature;  ///< base64
  std::string date_text;  ///< the Date (or empty, with x-amz-date) or Expires line of the string to sign
  std::optional<TimePoint> signed_at;  ///< header form
  std::optional<TimePoint> expires;    ///< presigned form
};

/// From `Authorization: AWS AKID:signature`.
std::expected<Claim, S3Error> claim_from_header(const Headers& headers);
/// From AWSAccessKeyId, Signature and Expires.
std::expected<Claim, S3Error> claim_from_query(const Query& query);

struct SignedRequest {
  std::string_view method;
  std::string_view path;    ///< raw, as on the wire
  std::string_view bucket;  ///< of a virtual-hosted request, or empty
  const Query& query;
  const Headers& headers;
  std::string_view date_text;
};

std::string string_to_sign(const SignedRequest& request);
/// Base64 of the HMAC-SHA1.
std::string signature(std::string_view secret_key, std::string_view string_to_sign);

}  // namespace partsmith::protocol::sigv2
