#pragma once
/// SignatureDoesNotMatch with what the server computed, so that a client's author can see where they part.

#include <string>
#include <string_view>

#include <partsmith/protocol/error.h>

namespace partsmith::server {

/// `canonical_request` is empty for Signature V2, which has none.
protocol::S3Error signature_mismatch(const std::string& access_key, const std::string& provided,
                                     const std::string& string_to_sign, const std::string& canonical_request);

}  // namespace partsmith::server
