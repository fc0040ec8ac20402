#include "claim.h"

namespace partsmith::server {
namespace {

namespace sigv2 = protocol::sigv2;
namespace sigv4 = protocol::sigv4;
using protocol::ErrorCode;
using protocol::S3Error;

template <typename OneClaim>
S3Result<Claim> made(std::expected<OneClaim, S3Error> claim) {
  if (!claim) return std::unexpected(std::move(claim.error()));
  return Claim(std::move(*claim));
}

std::unexpected<S3Error> bad_authorization(std::string message, std::string_view header) {
  return std::unexpected(S3Error(ErrorCode::InvalidArgument, std::move(message))
                             .with("ArgumentName", "Authorization")
                             .with("ArgumentValue", std::string(header)));
}

/// One word is told so whatever it is (reported: versitygw, after Amazon S3), a scheme may be in any letter
/// case, and V2 has one space (reported: brekkylab/backlot, measured 2026-09).
S3Result<Claim> claim_of_header(std::string_view header, const protocol::Headers& headers) {
  const std::size_t space = header.find(' ');
  const std::string_view scheme = header.substr(0, space);
  const bool v2 = protocol::equal_ignoring_case(scheme, "AWS");
  if (space == std::string_view::npos || (v2 && header.find(' ', space + 1) != std::string_view::npos)) {
    return bad_authorization("Authorization header is invalid -- one and only one ' ' (space) required",
                             header);
  }
  if (v2) return made(sigv2::claim_from_header(headers));
  if (protocol::equal_ignoring_case(scheme, sigv4::algorithm)) return made(claim_from_header(headers));
  if (protocol::equal_ignoring_case(scheme, "AWS4-ECDSA-P256-SHA256"))
    return std::unexpected(unsupported_sigv4a());
  return bad_authorization("Unsupported Authorization Type", header);
}

S3Error several_mechanisms() {
  return S3Error(ErrorCode::InvalidArgument,
                 "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query "
                 "string parameter or the Authorization header should be specified")
      .with("ArgumentName", "Authorization");
}

}  // namespace

S3Error unsupported_sigv4a() {
  return S3Error(
      ErrorCode::NotImplemented,
      "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented; sign with AWS4-HMAC-SHA256");
}

S3Result<Claim> claim_of(const Request& request, const Address& address) {
  const auto header = request.headers.get("authorization");
  const bool v4_query = address.query.has("X-Amz-Algorithm");
  const bool v2_query = address.query.has("Signature");
  if (header && (v4_query || v2_query))
    return std::unexpected(several_mechanisms().with("ArgumentValue", std::string(*header)));
  if (v4_query && v2_query) return std::unexpected(several_mechanisms());
  if (header && !header->empty()) return claim_of_header(*header, request.headers);
  if (address.query.get("X-Amz-Algorithm") == "AWS4-ECDSA-P256-SHA256")
    return std::unexpected(unsupported_sigv4a());
  if (v4_query) return made(claim_from_query(address.query));
  if (v2_query) return made(sigv2::claim_from_query(address.query));
  return Claim{};
}

std::string_view access_key_of(const Claim& claim) {
  if (const auto* v4 = std::get_if<SignatureClaim>(&claim)) return v4->access_key;
  if (const auto* v2 = std::get_if<sigv2::Claim>(&claim)) return v2->access_key;
  return {};
}

}  // namespace partsmith::server
