#include <array>
#include <span>

#include <partsmith/protocol/sigv2.h>
#include <partsmith/protocol/sigv4.h>
#include <partsmith/values/digest.h>

#include "authenticator.h"
#include "authorization.h"
#include "operations/answers.h"
#include "signature_mismatch.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

bool says_version_4(const FormFields& fields) {
  return form_field(fields, "x-amz-algorithm") || form_field(fields, "x-amz-credential") ||
         form_field(fields, "x-amz-signature");
}

S3Result<void> require(const FormFields& fields, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (!form_field(fields, name)) return std::unexpected(missing_form_field(name));
  }
  return {};
}

S3Result<void> check(std::string_view expected, const std::string& access_key, const FormFields& fields,
                     std::string_view signature_field) {
  const std::string_view provided = *form_field(fields, signature_field);
  if (equal_in_constant_time(as_bytes(expected), as_bytes(provided))) return {};
  // What is signed is the policy, as it came (recorded: post-policy-malformed-*).
  return std::unexpected(
      signature_mismatch(access_key, std::string(provided), std::string(*form_field(fields, "policy")), {}));
}

}  // namespace

S3Error missing_form_field(std::string_view name) {
  return S3Error(ErrorCode::InvalidArgument,
                 "Bucket POST must contain a field named '" + std::string(name) +
                     "'.  If it is specified, please check the order of the fields.")
      .with("ArgumentName", std::string(name))
      .with("ArgumentValue", "");
}

S3Result<Principal> Authenticator::verify_form(const FormFields& fields) const {
  constexpr auto fields_of_v4 = std::to_array<std::string_view>(
      {"Policy", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"});
  constexpr auto fields_of_v2 = std::to_array<std::string_view>({"Policy", "AWSAccessKeyId", "Signature"});
  const auto unknown_key = [](const std::string& key) {
    return std::unexpected(S3Error(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", key));
  };

  if (says_version_4(fields)) {
    if (auto ok = require(fields, fields_of_v4); !ok) return std::unexpected(std::move(ok.error()));
    const std::string_view algorithm = *form_field(fields, "x-amz-algorithm");
    if (algorithm == "AWS4-ECDSA-P256-SHA256") return std::unexpected(unsupported_sigv4a());
    if (algorithm != protocol::sigv4::algorithm) {
      return invalid_argument("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"",
                              "X-Amz-Algorithm", std::string(algorithm));
    }
    const auto credential = parse_credential(*form_field(fields, "x-amz-credential"));
    if (!credential || credential->scope.service != "s3" ||
        (policy_.strict_region && credential->scope.region != policy_.region)) {
      return invalid_argument(
          "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/s3/aws4_request\".",
          "X-Amz-Credential", std::string(*form_field(fields, "x-amz-credential")));
    }
    if (!knows(credential->access_key)) return unknown_key(credential->access_key);
    const Sha256 key = protocol::sigv4::signing_key(policy_.secret_key, credential->scope);
    const std::string expected = protocol::sigv4::signature(key, *form_field(fields, "policy"));
    if (auto ok = check(expected, credential->access_key, fields, "x-amz-signature"); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
    return Principal{credential->access_key, credential->scope.region};
  }

  if (!form_field(fields, "AWSAccessKeyId") && !form_field(fields, "Signature")) {
    return std::unexpected(S3Error(ErrorCode::AccessDenied));
  }
  if (auto ok = require(fields, fields_of_v2); !ok) return std::unexpected(std::move(ok.error()));
  const std::string access_key(*form_field(fields, "AWSAccessKeyId"));
  if (!knows(access_key)) return unknown_key(access_key);
  const std::string expected = protocol::sigv2::signature(policy_.secret_key, *form_field(fields, "policy"));
  if (auto ok = check(expected, access_key, fields, "signature"); !ok)
    return std::unexpected(std::move(ok.error()));
  return Principal{access_key, policy_.region};
}

}  // namespace partsmith::server
