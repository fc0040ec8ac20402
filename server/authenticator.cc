#include "authenticator.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/sigv2.h>

#include "authorization.h"
#include "operations/regions.h"
#include "signature_mismatch.h"
#include "signing_checks.h"

namespace partsmith::server {
namespace {

namespace sigv2 = protocol::sigv2;
namespace sigv4 = protocol::sigv4;
using protocol::ErrorCode;
using protocol::S3Error;

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
  if (!is_right_region(claim.scope.region, policy, rule)) {
    return std::unexpected(
        malformed("the region '" + claim.scope.region + "' is wrong; expecting '" + policy.region + "'")
            .with("Region", policy.region));
  }
  if (claim.scope.service != "s3") {
    return std::unexpected(
        malformed("incorrect service \"" + claim.scope.service + "\". This endpoint belongs to \"s3\"."));
  }
  const std::string day = claim.amz_date.substr(0, 8);
  if (claim.scope.date == day) return {};
  if (claim.presigned) {
    return std::unexpected(S3Error(ErrorCode::AuthorizationQueryParametersError,
                                   "Invalid credential date \"" + claim.scope.date +
                                       "\". This date is not the same as X-Amz-Date: \"" + day + "\"."));
  }
  return std::unexpected(malformed("Invalid credential date. Date is not the same as X-Amz-Date."));
}

std::expected<void, S3Error> check_time(const SignatureClaim& claim, const Request& request,
                                        const Clock& clock) {
  if (claim.presigned) return check_expiry({claim.signed_at, claim.expires_seconds}, clock);
  return check_skew(header_date(request.headers), claim.signed_at, clock.unmoved());
}

/// Names in the order in which Amazon S3 tells those that weren't signed: that in which a hash table of Java
/// has them, those of one place by name (reported: brekkylab/backlot, measured 2026-09).
std::string in_order_of_telling(const std::set<std::string>& names) {
  std::size_t places = 16;
  while (4 * names.size() > 3 * places) places *= 2;
  std::vector<std::pair<std::size_t, std::string_view>> placed;
  for (const std::string& name : names) {
    std::uint32_t hash = 0;
    for (const char c : name) hash = 31 * hash + static_cast<unsigned char>(c);
    placed.emplace_back((hash ^ (hash >> 16)) & (places - 1), name);
  }
  std::ranges::sort(placed);
  std::string text;
  for (const auto& [place, name] : placed) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

/// Host, Content-MD5 and every x-amz- header there is must have been signed.
std::expected<void, S3Error> check_signed_headers(const SignatureClaim& claim,
                                                  const protocol::Headers& headers) {
  std::set<std::string> unsigned_names;
  for (const auto& [name, value] : headers) {
    const std::string lower = protocol::lower_case(name);
    const bool must_be_signed = lower == "host" || lower == "content-md5" ||
                                (lower.starts_with("x-amz-") && lower != "x-amz-content-sha256");
    if (must_be_signed && !std::ranges::binary_search(claim.signed_headers, lower))
      unsigned_names.insert(lower);
  }
  if (unsigned_names.empty()) return {};
  return std::unexpected(
      S3Error(ErrorCode::AccessDenied, "There were headers present in the request which were not signed")
          .with("HeadersNotSigned", in_order_of_telling(unsigned_names)));
}

/// Amazon S3 signs algorithm and date as they were sent (reported: brekkylab/backlot, measured 2026-09); SDKs
/// write a date of HTTP's form anew when they sign it.
std::string string_as_sent(std::string_view to_sign, const protocol::Headers& headers) {
  const std::string_view behind_date = to_sign.substr(to_sign.find('\n', to_sign.find('\n') + 1));
  std::string text(headers.value("authorization").substr(0, sigv4::algorithm.size()));
  text += '\n';
  text += header_date(headers);
  return text += behind_date;
}

/// What nobody signs may come aws-chunked all the same (recorded: delete-objects-anonymous), or with its
/// digest.
Proof unsigned_proof(const Request& request) {
  const auto value = request.headers.get("x-amz-content-sha256");
  if (!value || *value == sigv4::unsigned_payload) return {};
  const auto streaming = protocol::streaming_payload(*value);
  if (streaming && !streaming->signed_chunks)
    return {.payload = StreamedPayload{*streaming, std::nullopt, {}}};
  return {.payload = SignedPayload{std::string(*value)}};
}

}  // namespace

std::optional<std::string_view> session_token_of(const Request& request, const protocol::Query& query) {
  if (const auto token = query.get("X-Amz-Security-Token")) return token;
  if (const auto token = query.get("x-amz-security-token")) return token;  // Signature V2
  return request.headers.get("x-amz-security-token");
}

/// A temporary key without its token is unknown; when a token is looked at is unsettled.
S3Result<void> Authenticator::check_token(const std::string& access_key,
                                          std::optional<std::string_view> sent) const {
  if (policy_.session_token.empty()) return {};
  if (!sent)
    return std::unexpected(S3Error(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", access_key));
  if (equal_in_constant_time(as_bytes(policy_.session_token), as_bytes(*sent))) return {};
  return std::unexpected(S3Error(ErrorCode::InvalidToken).with("Token-0", std::string(*sent)));
}

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
  const auto payload = content_sha256(request, address, claim.presigned);
  if (!payload) return std::unexpected(payload.error());
  if (const auto ok = check_time(claim, request, clock); !ok) return std::unexpected(ok.error());
  if (const auto ok = check_scope(claim, policy_, region); !ok) return std::unexpected(ok.error());
  if (const auto ok = check_signed_headers(claim, request.headers); !ok) return std::unexpected(ok.error());
  if (!knows(claim.access_key)) {
    return std::unexpected(S3Error(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", claim.access_key));
  }
  if (auto ok = check_token(claim.access_key, session_token_of(request, address.query)); !ok)
    return std::unexpected(std::move(ok.error()));

  const std::string canonical = sigv4::canonical_request({.method = request.method,
                                                          .path = address.raw_path,
                                                          .query = address.raw_query,
                                                          .headers = &request.headers,
                                                          .signed_headers = claim.signed_headers,
                                                          .payload_hash = *payload});
  const Sha256 key = keys_->key_of(policy_.secret_key, claim.scope);
  const auto matches = [&](const std::string& text) {
    return equal_in_constant_time(as_bytes(sigv4::signature(key, text)), as_bytes(claim.signature));
  };
  const std::string to_sign = sigv4::string_to_sign(claim.amz_date, claim.scope, canonical);
  if (!matches(to_sign)) {
    const std::string as_sent = claim.presigned ? to_sign : string_as_sent(to_sign, request.headers);
    if (!matches(as_sent))
      return std::unexpected(signature_mismatch(claim.access_key, claim.signature, as_sent, canonical));
  }

  Proof proof{{claim.access_key, claim.scope.region, true}, UnsignedPayload{}};
  if (const auto streaming = protocol::streaming_payload(*payload); streaming && !claim.presigned) {
    if (streaming->sigv4a) return std::unexpected(unsupported_sigv4a());
    StreamedPayload streamed{*streaming, std::nullopt, {}};
    if (streaming->signed_chunks) {
      streamed.signing = protocol::ChunkSigning{key, claim.amz_date, claim.scope, claim.signature};
      streamed.canonical_request = canonical;
    }
    proof.payload = std::move(streamed);
  } else if (*payload != sigv4::unsigned_payload) {
    proof.payload = SignedPayload{*payload};
  }
  return proof;
}

S3Result<Proof> Authenticator::signature_v2(const sigv2::Claim& claim, const Request& request,
                                            const Address& address, const Clock& clock) const {
  if (claim.expires && clock.now() > *claim.expires) {
    return std::unexpected(S3Error(ErrorCode::AccessDenied, "Request has expired")
                               .with("Expires", protocol::iso8601_seconds(*claim.expires))
                               .with("ServerTime", protocol::iso8601_seconds(clock.now())));
  }
  if (claim.signed_at) {
    if (const auto ok = check_skew(header_date(request.headers), *claim.signed_at, clock.unmoved()); !ok)
      return std::unexpected(ok.error());
  }
  if (!knows(claim.access_key)) {
    return std::unexpected(S3Error(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", claim.access_key));
  }
  if (auto ok = check_token(claim.access_key, session_token_of(request, address.query)); !ok)
    return std::unexpected(std::move(ok.error()));
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
