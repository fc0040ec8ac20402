#include "signature_mismatch.h"

#include <partsmith/values/encoding.h>

namespace partsmith::server {
namespace {

/// `41 57 53 34`: S3 shows texts byte by byte too.
std::string spaced_hex(std::string_view text) {
  const std::string hex = to_hex(as_bytes(text));
  std::string spaced;
  spaced.reserve(hex.size() * 3 / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    if (i != 0) spaced += ' ';
    spaced.append(hex, i, 2);
  }
  return spaced;
}

std::string shown(std::string_view text) {
  if (text.size() <= max_shown_bytes) return std::string(text);
  return std::string(text.substr(0, max_shown_bytes)) + " (cut: " + std::to_string(text.size()) + " bytes)";
}

std::string shown_bytes(std::string_view text) {
  return spaced_hex(text.substr(0, max_shown_bytes));
}

}  // namespace

protocol::S3Error signature_mismatch(const std::string& access_key, const std::string& provided,
                                     const std::string& string_to_sign,
                                     const std::string& canonical_request) {
  auto error = protocol::S3Error(protocol::ErrorCode::SignatureDoesNotMatch)
                   .with("AWSAccessKeyId", access_key)
                   .with("StringToSign", shown(string_to_sign))
                   .with("SignatureProvided", provided)
                   .with("StringToSignBytes", shown_bytes(string_to_sign));
  if (canonical_request.empty()) return error;
  return std::move(error)
      .with("CanonicalRequest", shown(canonical_request))
      .with("CanonicalRequestBytes", shown_bytes(canonical_request));
}

}  // namespace partsmith::server
