#pragma once
/// Requests whose signature can't be right, as rows: docs/kinds/credentials.md.

#include "checks/signing.h"

namespace partsmith::conformance::checks {

using HeaderPairs = std::vector<std::pair<std::string, std::string>>;

inline constexpr const char* unknown_key = "AKIAIOSFODNN7EXAMPLE";

/// A listing of the bucket with these headers, and with this beside its query. In values {key} and {region}
/// are the client's own; {now} and {old} times of Signature V4, {date} and {old date} of HTTP, the old ones
/// of half an hour ago; {day} and {old day} their days; {10 hours ago} and {an hour on} of V4.
/// x-amz-content-sha256 is UNSIGNED-PAYLOAD unless named; empty, it isn't sent.
struct WrongSignature {
  std::string id;
  std::string title;
  int status = 400;
  std::string code;
  std::string message;
  HeaderPairs headers = {};
  HeaderPairs query = {};
  HeaderPairs fields = {};
  std::string source = measured_by_backlot;
};

Check check_of(const WrongSignature& wrong);

/// `Credential=…` and what belongs to it.
inline std::string authorization_v4(const std::string& credential,
                                    const std::string& signed_headers = "host;x-amz-date") {
  return "AWS4-HMAC-SHA256 Credential=" + credential + ", SignedHeaders=" + signed_headers + ", Signature=00";
}
inline HeaderPairs dated(std::string authorization, std::string date = "{now}") {
  return {{"Authorization", std::move(authorization)}, {"x-amz-date", std::move(date)}};
}
inline HeaderPairs dated_v2(std::string authorization, std::string date = "{date}") {
  return {{"Authorization", std::move(authorization)}, {"Date", std::move(date)}};
}

inline std::string right_credential() {
  return "{key}/{day}/{region}/s3/aws4_request";
}
inline std::string credential_of_nobody() {
  return std::string(unknown_key) + "/{day}/{region}/s3/aws4_request";
}
/// The parameters of a presigned URL, one of them changed.
HeaderPairs presigned_query(const std::string& name = {}, const std::string& value = {});

inline constexpr const char* authorization_malformed = "The authorization header is malformed; ";
inline constexpr const char* v2_form =
    "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature";

}  // namespace partsmith::conformance::checks
