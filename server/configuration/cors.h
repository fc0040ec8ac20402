#pragma once
/// A bucket's CORS configuration: which origins may do what from a browser.
/// Source: S3 user guide, "Using cross-origin resource sharing (CORS)"; S3 API reference, PutBucketCors.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "visit.h"

namespace partsmith::server {

struct CorsRule {
  std::optional<std::string> id;
  std::vector<std::string> methods;          ///< of GET, PUT, HEAD, POST, DELETE
  std::vector<std::string> origins;          ///< each with at most one '*'
  std::vector<std::string> allowed_headers;  ///< likewise; compared without regard to case
  std::optional<std::int32_t> max_age_seconds;  ///< also negative (reported: versitygw)
  std::vector<std::string> exposed_headers;
};

/// What a browser asks for: in a preflight, or by the request itself.
struct CorsQuestion {
  std::string_view origin;
  std::string_view method;
  std::vector<std::string> headers;  ///< lower case: of Access-Control-Request-Headers
};

/// MalformedXML; InvalidRequest for a method or a wildcard that S3 doesn't take.
S3Result<std::vector<CorsRule>> parse_cors(std::string_view document);
std::string cors_document(std::span<const CorsRule> rules);

bool is_cors_method(std::string_view method);

/// The headers that allow what is asked, by the first rule that does; nothing when none does.
std::optional<protocol::Headers> cors_headers(std::span<const CorsRule> rules, const CorsQuestion& question);

}  // namespace partsmith::server
