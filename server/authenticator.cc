#include "authenticator.h"

#include <algorithm>
#include <chrono>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/sigv2.h>
#include <partsmith/values/limits.h>

#include "authorization.h"
#include "operations/regions.h"
#include "signature_mismatch.h"

namespace partsmith::server {
namespace {

namespace sigv2 = protocol::sigv2;
namespace sigv4 = protocol::sigv4;
using protocol::ErrorCode;
using protocol::S3Error;
using std::chrono::milliseconds;
using std::chrono::seconds;

bool is_right_region(const std::string& region, const AccessPolicy& policy, SignedRegion rule) {
  if (region == policy.region) return true;
  if (policy.strict_region) return false;
  return rule == SignedRegion::any || is_aws_region(region);
}

std::expected<void, S3Error> check_scope(const SignatureClaim& claim, const AccessPolicy& policy,
                                         SignedRegion rule) {
  const auto malformed = [&](std::string what) {
    return claim.presigned ? S3Error(ErrorCode::AuthorizationQueryParametersError,
                                     "Error parsing the X-Amz-Credential parameter; " + std::move(what))
                           : S3Error(ErrorCode::AuthorizationHeaderMalformed,
                                     "The authorization header is malformed; " + std::move(what));
  };
  if (claim.scope.service != "s3") {
    return std::unexpected(
        malformed("incorrect service \"" + claim.scope.service + "\". This endpoint belongs to \"s3\"."));
  }
  if (!is_right_region(claim.scope.region, policy, rule)) {
    return std::unexpected(
        malformed("the region '" + claim.scope.region + "' is wrong; expecting '" + policy.region + "'")
            .with("Region", policy.region));
  }
  return {};
}

std::expected<void, S3Error> check_time(const SignatureClaim& claim, TimePoint now) {
  const seconds skew(limits::max_clock_skew_seconds);
  if (!claim.presigned) {
    if (claim.signed_at > now + skew || claim.signed_at < now - skew) {
      return std::unexpected(S3Error(ErrorCode::RequestTimeTooSkewed)
                                 .with("RequestTime", claim.amz_date)
                                 .with("ServerTime", protocol::iso8601_seconds(now))
                                 .with("MaxAllowedSkewMilliseconds",
                                       std::to_string(std::chrono::duration_cast<milliseconds>(skew).count())));
    }
    return {};
  }
  const TimePoint expires = claim.signed_at + seconds(claim.expires_seconds);
  if (claim.signed_at > now + skew) {
    return std::unexpected(S3Error(ErrorCode::AccessDenied, "Request is not yet valid")
                               .with("X-Amz-Date", protocol::iso8601_seconds(claim.signed_at))
                               .with("ServerTime", protocol::iso8601_seconds(now)));
  }
  if (now > expires) {
    return std::unexpected(S3Error(ErrorCode::AccessDenied, "Request has expired")
                               .with("X-Amz-Expires", std::to_string(claim.expires_seconds))
                               .with("Expires", protocol::iso8601_seconds(expires))
                               .with("ServerTime", protocol::iso8601_seconds(now)));
  }
  return {};
}

/// Host, and every x-amz- header there is, must have been signed.
std::expected<void, S3Error> check_signed_headers(const SignatureClaim& claim, const protocol::Headers& headers) {
  std::string missing;
  for (const auto& [name, value] : headers) {
    const std::string lower = protocol::lower_case(name);
    const bool must_be_signed = lower == "host" || (lower.starts_with("x-amz-") && lower != "x-amz-content-sha256");
    if (must_be_signed && !std::ranges::binary_search(claim.signed_headers, lower)) {
      missing += (missing.empty() ? "" : ", ") + lower;
    }
  }
  if (missing.empty()) return {};
  return std::unexpected(
      S3Error(ErrorCode::AccessDenied, "There were headers present in the request which were not signed")
          .with("HeadersNotSigned", missing));
}

bool is_hex_sha256(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

/// What the payload was signed as.
std::expected<std::string, S3Error> content_sha256(const Request& request, const Address& address, bool presigned) {
  auto value = request.headers.get("x-amz-content-sha256");
  if (!value && presigned) value = address.query.get("X-Amz-Content-Sha256");
  if (!value) {
    if (presigned) return std::string(sigv4::unsigned_payload);
    return std::unexpected(
        S3Error(ErrorCode::InvalidRequest, "Missing required header for this request: x-amz-content-sha256"));
  }
  if (*value != sigv4::unsigned_payload && !is_hex_sha256(*value) && !protocol::streaming_payload(*value)) {
    return std::unexpected(S3Error(ErrorCode::InvalidArgument,
                                   "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                                   "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
                                   "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, "
                                   "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.")
                               .with("ArgumentName", "x-amz-content-sha256")
                               .with("ArgumentValue", std::string(*value)));
  }
  return std::string(*value);
}

}  // namespace

S3Error unsupported_sigv4a() {
  return S3Error(ErrorCode::NotImplemented,
                 "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented; sign with AWS4-HMAC-SHA256");
}

bool Authenticator::is_anonymous(const Request& request, const Address& address) {
  return !request.headers.has("authorization") && !address.query.has("X-Amz-Algorithm") &&
         !address.query.has("X-Amz-Signature") && !address.query.has("AWSAccessKeyId");
}

std::expected<Identity, S3Error> Authenticator::authenticate(const Request& request, const Address& address,
                                                             TimePoint now, SignedRegion region) const {
  const auto header = request.headers.get("authorization");
  const bool v4_query = address.query.has("X-Amz-Algorithm") || address.query.has("X-Amz-Signature");
  if (header && v4_query) {
    return std::unexpected(S3Error(ErrorCode::InvalidArgument,
                                   "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
                                   "Signature query string parameter or the Authorization header should be specified")
                               .with("ArgumentName", "Authorization")
                               .with("ArgumentValue", std::string(*header)));
  }
  if (header) {
    if (header->starts_with(sigv4::algorithm)) return signature_v4(request, address, now, false, region);
    if (header->starts_with("AWS4-ECDSA-P256-SHA256")) return std::unexpected(unsupported_sigv4a());
    if (header->starts_with("AWS ")) return signature_v2(request, address, now, false);
    return std::unexpected(S3Error(ErrorCode::InvalidArgument, "Unsupported Authorization Type")
                               .with("ArgumentName", "Authorization")
                               .with("ArgumentValue", std::string(*header)));
  }
  if (address.query.get("X-Amz-Algorithm") == "AWS4-ECDSA-P256-SHA256") return std::unexpected(unsupported_sigv4a());
  if (v4_query) return signature_v4(request, address, now, true, region);
  if (address.query.has("AWSAccessKeyId")) return signature_v2(request, address, now, true);
  return std::unexpected(S3Error(ErrorCode::AccessDenied));
}

std::expected<Identity, S3Error> Authenticator::signature_v4(const Request& request, const Address& address,
                                                             TimePoint now, bool presigned,
                                                             SignedRegion region) const {
  const auto claim = presigned ? claim_from_query(address.query) : claim_from_header(request.headers);
  if (!claim) return std::unexpected(claim.error());
  if (const auto ok = check_scope(*claim, policy_, region); !ok) return std::unexpected(ok.error());
  const auto payload = content_sha256(request, address, presigned);
  if (!payload) return std::unexpected(payload.error());
  if (const auto ok = check_signed_headers(*claim, request.headers); !ok) return std::unexpected(ok.error());
  if (claim->access_key != policy_.access_key) {
    return std::unexpected(S3Error(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", claim->access_key));
  }
  if (const auto ok = check_time(*claim, now); !ok) return std::unexpected(ok.error());

  const std::string canonical = sigv4::canonical_request({.method = request.method,
                                                          .path = address.raw_path,
                                                          .query = address.raw_query,
                                                          .headers = &request.headers,
                                                          .signed_headers = claim->signed_headers,
                                                          .payload_hash = *payload});
  const std::string to_sign = sigv4::string_to_sign(claim->amz_date, claim->scope, canonical);
  const Sha256 key = sigv4::signing_key(policy_.secret_key, claim->scope);
  if (!equal_in_constant_time(as_bytes(sigv4::signature(key, to_sign)), as_bytes(claim->signature))) {
    return std::unexpected(signature_mismatch(claim->access_key, claim->signature, to_sign, canonical));
  }

  Identity identity{claim->access_key, claim->scope.region, *payload, std::nullopt};
  const auto streaming = protocol::streaming_payload(*payload);
  if (streaming && streaming->sigv4a) return std::unexpected(unsupported_sigv4a());
  if (streaming && streaming->signed_chunks) {
    identity.chunk_signing = protocol::ChunkSigning{key, claim->amz_date, claim->scope, claim->signature};
  }
  return identity;
}

std::expected<Identity, S3Error> Authenticator::signature_v2(const Request& request, const Address& address,
                                                             TimePoint now, bool presigned) const {
  const auto claim =
      presigned ? sigv2::claim_from_query(address.query) : sigv2::claim_from_header(request.headers);
  if (!claim) return std::unexpected(claim.error());
  if (claim->access_key != policy_.access_key) {
    return std::unexpected(S3Error(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", claim->access_key));
  }
  if (claim->expires && now > *claim->expires) {
    return std::unexpected(S3Error(ErrorCode::AccessDenied, "Request has expired")
                               .with("Expires", protocol::iso8601_seconds(*claim->expires))
                               .with("ServerTime", protocol::iso8601_seconds(now)));
  }
  const seconds skew(limits::max_clock_skew_seconds);
  if (claim->signed_at && (*claim->signed_at > now + skew || *claim->signed_at < now - skew)) {
    return std::unexpected(S3Error(ErrorCode::RequestTimeTooSkewed)
                               .with("RequestTime", protocol::http_date(*claim->signed_at))
                               .with("ServerTime", protocol::iso8601_seconds(now))
                               .with("MaxAllowedSkewMilliseconds", "900000"));
  }
  // A view of the address: a conditional of a string and a literal would be a string that is gone at once.
  const std::string_view host_bucket = address.virtual_hosted ? std::string_view(address.bucket) : std::string_view();
  const sigv2::SignedRequest what{request.method, address.raw_path, host_bucket,
                                  address.query,  request.headers,  claim->date_text};
  if (const auto name = sigv2::ambiguous_name(what)) {
    return std::unexpected(
        S3Error(ErrorCode::InvalidArgument, "Signature Version 2 cannot sign this parameter")
            .with("ArgumentName", *name));
  }
  const bool matches = std::ranges::any_of(sigv2::resource_forms, [&](sigv2::ResourceForm form) {
    const std::string computed = sigv2::signature(policy_.secret_key, sigv2::string_to_sign(what, form));
    return equal_in_constant_time(as_bytes(computed), as_bytes(claim->signature));
  });
  if (!matches) {
    return std::unexpected(
        signature_mismatch(claim->access_key, claim->signature, sigv2::string_to_sign(what), {}));
  }
  return Identity{claim->access_key, policy_.region, std::string(sigv4::unsigned_payload), std::nullopt};
}

}  // namespace partsmith::server
