#pragma once
/// SignatureDoesNotMatch with what the server computed, so that a client's author can see where they part.

#include <cstddef>
#include <string>
#include <string_view>

#include <partsmith/protocol/error.h>

namespace partsmith::server {

/// Of each text that is shown: what is longer is cut, and says so. The bytes beside it take three times as
/// many.
inline constexpr std::size_t max_shown_bytes = 8 * 1024;

/// `canonical_request` is empty for Signature V2, which has none.
protocol::S3Error signature_mismatch(const std::string& access_key, const std::string& provided,
                                     const std::string& string_to_sign, const std::string& canonical_request);

}  // namespace partsmith::server
