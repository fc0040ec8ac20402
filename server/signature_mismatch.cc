#include "signature_mismatch.h"

#include <partsmith/values/encoding.h>

namespace partsmith::server {
namespace {

/// `41 57 53 34`: S3 shows texts byte by byte too.
std::string spaced_hex(std::string_view text) {
  const std::string hex = to_hex(as_bytes(text));
  std::string spaced;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    if (i != 0) spaced += ' ';
    spaced += hex.substr(i, 2);
  }
  return spaced;
}

}  // namespace

protocol::S3Error signature_mismatch(const std::string& access_key, const std::string& provided,
                                     const std::string& string_to_sign, const std::string& canonical_request) {
  auto error = protocol::S3Error(protocol::ErrorCode::SignatureDoesNotMatch)
                   .with("AWSAccessKeyId", access_key)
                   .with("StringToSign", string_to_sign)
                   .with("SignatureProvided", provided)
                   .with("StringToSignBytes", spaced_hex(string_to_sign));
  if (canonical_request.empty()) return error;
  return std::move(error)
      .with("CanonicalRequest", canonical_request)
      .with("CanonicalRequestBytes", spaced_hex(canonical_request));
}

}  // namespace partsmith::server
