#include <array>
#include <span>

#include <partsmith/protocol/dates.h>
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

/// The texts are reported (versitygw, after Amazon S3); ArgumentName and ArgumentValue are unsettled.
S3Result<Credential> credential_of(const FormFields& fields, const AccessPolicy& policy) {
  const std::string_view text = *form_field(fields, "x-amz-credential");
  const auto wrong = [&](std::string what) {
    return invalid_argument(std::move(what), "X-Amz-Credential", std::string(text));
  };
  auto credential = parse_credential(text);
  if (!credential) return wrong(std::move(credential.error()));
  const auto& scope = credential->scope;
  if (scope.service != "s3") {
    return wrong("incorrect service \"" + scope.service + "\". This endpoint belongs to \"s3\".");
  }
  if (policy.strict_region && scope.region != policy.region) {
    return wrong("the region '" + scope.region + "' is wrong; expecting '" + policy.region + "'");
  }
  return *std::move(credential);
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
      return invalid_argument("Only AWS4-HMAC-SHA256 is supported", "X-Amz-Algorithm",
                              std::string(algorithm));
    }
    const std::string_view date = *form_field(fields, "x-amz-date");
    if (!protocol::parse_amz_date(date)) {
      return invalid_argument("X-Amz-Date must be formated via ISO8601 Long format", "X-Amz-Date",
                              std::string(date));
    }
    const auto credential = credential_of(fields, policy_);
    if (!credential) return std::unexpected(credential.error());
    if (!knows(credential->access_key)) return unknown_key(credential->access_key);
    if (auto ok = check_token(credential->access_key, form_field(fields, "x-amz-security-token")); !ok)
      return std::unexpected(std::move(ok.error()));
    const Sha256 key = keys_->key_of(policy_.secret_key, credential->scope);
    const std::string expected = protocol::sigv4::signature(key, *form_field(fields, "policy"));
    if (auto ok = check(expected, credential->access_key, fields, "x-amz-signature"); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
    return Principal{credential->access_key, credential->scope.region, true};
  }

  if (!form_field(fields, "AWSAccessKeyId") && !form_field(fields, "Signature")) {
    // Source: S3 API reference, POST Object: "Requests without a security policy are considered anonymous".
    if (!form_field(fields, "policy")) return Principal{};
    return std::unexpected(S3Error(ErrorCode::AccessDenied));
  }
  if (auto ok = require(fields, fields_of_v2); !ok) return std::unexpected(std::move(ok.error()));
  const std::string access_key(*form_field(fields, "AWSAccessKeyId"));
  if (!knows(access_key)) return unknown_key(access_key);
  if (auto ok = check_token(access_key, form_field(fields, "x-amz-security-token")); !ok)
    return std::unexpected(std::move(ok.error()));
  const std::string expected = protocol::sigv2::signature(policy_.secret_key, *form_field(fields, "policy"));
  if (auto ok = check(expected, access_key, fields, "signature"); !ok)
    return std::unexpected(std::move(ok.error()));
  return Principal{access_key, policy_.region};
}

}  // namespace partsmith::server
