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

/// How far the signer's clock is from ours is a matter of real time, whatever a test made of the world's.
std::expected<void, S3Error> check_skew(const SignatureClaim& claim, TimePoint now) {
  const seconds skew(limits::max_clock_skew_seconds);
  if (claim.signed_at <= now + skew && claim.signed_at >= now - skew) return {};
  return std::unexpected(S3Error(ErrorCode::RequestTimeTooSkewed)
                             .with("RequestTime", claim.amz_date)
                             .with("ServerTime", protocol::iso8601_seconds(now))
                             .with("MaxAllowedSkewMilliseconds",
                                   std::to_string(std::chrono::duration_cast<milliseconds>(skew).count())));
}

/// A URL ages by the world's clock: it was signed when that clock showed what it showed then.
std::expected<void, S3Error> check_expiry(const SignatureClaim& claim, const Clock& clock) {
  const TimePoint now = clock.now();
  const TimePoint expires = clock.at(claim.signed_at) + seconds(claim.expires_seconds);
  if (claim.signed_at > clock.unmoved() + seconds(limits::max_clock_skew_seconds)) {
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

std::expected<void, S3Error> check_time(const SignatureClaim& claim, const Clock& clock) {
  return claim.presigned ? check_expiry(claim, clock) : check_skew(claim, clock.unmoved());
}

/// Host, and every x-amz- header there is, must have been signed.
std::expected<void, S3Error> check_signed_headers(const SignatureClaim& claim,
                                                  const protocol::Headers& headers) {
  std::string missing;
  for (const auto& [name, value] : headers) {
    const std::string lower = protocol::lower_case(name);
    const bool must_be_signed =
        lower == "host" || (lower.starts_with("x-amz-") && lower != "x-amz-content-sha256");
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

bool names_coding(std::string_view list, std::string_view coding) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (protocol::equal_ignoring_case(protocol::trimmed(list.substr(0, comma)), coding)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

/// What the payload was signed as. An encoding in chunks that nobody signs is refused (reported:
/// litestream#889, versitygw#2427). The form of the value counts where the header Authorization has the
/// signature, and nowhere else (openstack/swift's tests of Amazon S3, test/s3api/test_input_errors.py).
std::expected<std::string, S3Error> content_sha256(const Request& request, const Address& address,
                                                   bool presigned) {
  auto value = request.headers.get("x-amz-content-sha256");
  if (!value && presigned) value = address.query.get("X-Amz-Content-Sha256");
  if (!value) {
    if (presigned) return std::string(sigv4::unsigned_payload);
    return std::unexpected(
        S3Error(ErrorCode::InvalidRequest, "Missing required header for this request: x-amz-content-sha256"));
  }
  if (!presigned && *value != sigv4::unsigned_payload && !is_hex_sha256(*value) &&
      !protocol::streaming_payload(*value)) {
    return std::unexpected(
        S3Error(ErrorCode::InvalidArgument,
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
                "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, "
                "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.")
            .with("ArgumentName", "x-amz-content-sha256")
            .with("ArgumentValue", std::string(*value)));
  }
  const std::string_view coding = request.headers.value("content-encoding");
  if (*value == sigv4::unsigned_payload && request.headers.has("x-amz-content-sha256") &&
      names_coding(coding, "aws-chunked")) {
    return std::unexpected(
        S3Error(
            ErrorCode::InvalidArgument,
            "aws-chunked encoding is not supported when x-amz-content-sha256 UNSIGNED-PAYLOAD is supplied.")
            .with("ArgumentName", "Content-Encoding")
            .with("ArgumentValue", std::string(coding)));
  }
  return std::string(*value);
}

/// What nobody signs may come aws-chunked all the same (recorded: delete-objects-anonymous), or with its
/// digest.
Proof unsigned_proof(const Request& request) {
  const auto value = request.headers.get("x-amz-content-sha256");
  if (!value || *value == sigv4::unsigned_payload) return {};
  const auto streaming = protocol::streaming_payload(*value);
  if (streaming && !streaming->signed_chunks) return {.payload = StreamedPayload{*streaming, std::nullopt}};
  return {.payload = SignedPayload{std::string(*value)}};
}

}  // namespace

S3Result<Proof> Authenticator::verify(const Claim& claim, const Request& request, const Address& address,
                                      const Clock& clock, SignedRegion region) const {
  if (const auto* v4 = std::get_if<SignatureClaim>(&claim))
    return signature_v4(*v4, request, address, clock, region);
  if (const auto* v2 = std::get_if<sigv2::Claim>(&claim)) return signature_v2(*v2, request, address, clock);
  return unsigned_proof(request);
}

S3Result<Proof> Authenticator::signature_v4(const SignatureClaim& claim, const Request& request,
                                            const Address& address, const Clock& clock,
                                            SignedRegion region) const {
  if (const auto ok = check_scope(claim, policy_, region); !ok) return std::unexpected(ok.error());
  const auto payload = content_sha256(request, address, claim.presigned);
  if (!payload) return std::unexpected(payload.error());
  if (const auto ok = check_signed_headers(claim, request.headers); !ok) return std::unexpected(ok.error());
  if (!knows(claim.access_key)) {
    return std::unexpected(S3Error(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", claim.access_key));
  }
  if (const auto ok = check_time(claim, clock); !ok) return std::unexpected(ok.error());

  const std::string canonical = sigv4::canonical_request({.method = request.method,
                                                          .path = address.raw_path,
                                                          .query = address.raw_query,
                                                          .headers = &request.headers,
                                                          .signed_headers = claim.signed_headers,
                                                          .payload_hash = *payload});
  const std::string to_sign = sigv4::string_to_sign(claim.amz_date, claim.scope, canonical);
  const Sha256 key = keys_->key_of(policy_.secret_key, claim.scope);
  if (!equal_in_constant_time(as_bytes(sigv4::signature(key, to_sign)), as_bytes(claim.signature))) {
    return std::unexpected(signature_mismatch(claim.access_key, claim.signature, to_sign, canonical));
  }

  Proof proof{{claim.access_key, claim.scope.region}, UnsignedPayload{}};
  if (const auto streaming = protocol::streaming_payload(*payload); streaming && !claim.presigned) {
    if (streaming->sigv4a) return std::unexpected(unsupported_sigv4a());
    StreamedPayload streamed{*streaming, std::nullopt};
    if (streaming->signed_chunks) {
      streamed.signing = protocol::ChunkSigning{key, claim.amz_date, claim.scope, claim.signature};
    }
    proof.payload = std::move(streamed);
  } else if (*payload != sigv4::unsigned_payload) {
    proof.payload = SignedPayload{*payload};
  }
  return proof;
}

S3Result<Proof> Authenticator::signature_v2(const sigv2::Claim& claim, const Request& request,
                                            const Address& address, const Clock& clock) const {
  if (!knows(claim.access_key)) {
    return std::unexpected(S3Error(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", claim.access_key));
  }
  if (claim.expires && clock.now() > *claim.expires) {
    return std::unexpected(S3Error(ErrorCode::AccessDenied, "Request has expired")
                               .with("Expires", protocol::iso8601_seconds(*claim.expires))
                               .with("ServerTime", protocol::iso8601_seconds(clock.now())));
  }
  const seconds skew(limits::max_clock_skew_seconds);
  const TimePoint now = clock.unmoved();
  if (claim.signed_at && (*claim.signed_at > now + skew || *claim.signed_at < now - skew)) {
    return std::unexpected(S3Error(ErrorCode::RequestTimeTooSkewed)
                               .with("RequestTime", protocol::http_date(*claim.signed_at))
                               .with("ServerTime", protocol::iso8601_seconds(now))
                               .with("MaxAllowedSkewMilliseconds", "900000"));
  }
  // A view of the address: a conditional of a string and a literal would be a string that is gone at once.
  const std::string_view host_bucket =
      address.virtual_hosted ? std::string_view(address.bucket) : std::string_view();
  const sigv2::SignedRequest what{request.method, address.raw_path, host_bucket,
                                  address.query,  request.headers,  claim.date_text};
  if (const auto name = sigv2::ambiguous_name(what)) {
    return std::unexpected(
        S3Error(ErrorCode::InvalidArgument, "Signature Version 2 cannot sign this parameter")
            .with("ArgumentName", *name));
  }
  const bool matches = std::ranges::any_of(sigv2::resource_forms, [&](sigv2::ResourceForm form) {
    const std::string computed = sigv2::signature(policy_.secret_key, sigv2::string_to_sign(what, form));
    return equal_in_constant_time(as_bytes(computed), as_bytes(claim.signature));
  });
  if (!matches) {
    return std::unexpected(
        signature_mismatch(claim.access_key, claim.signature, sigv2::string_to_sign(what), {}));
  }
  Proof proof{{claim.access_key, policy_.region}, UnsignedPayload{}};
  const auto sha256 = request.headers.get("x-amz-content-sha256");
  if (sha256 && *sha256 != sigv4::unsigned_payload) proof.payload = SignedPayload{std::string(*sha256)};
  return proof;
}

}  // namespace partsmith::server
