#pragma once
/// Reads what a client claims about itself: the Authorization header, or the query of a presigned URL. Pure
/// parsing, with S3's errors for each way of being malformed; nothing is verified here. Source: S3 API
/// reference, "Authenticating Requests (AWS Signature Version 4)"; recordings for the messages.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/error.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/sigv4.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/time.h>

namespace partsmith::server {

/// A Signature V4 claim, from either place.
struct SignatureClaim {
  std::string access_key;
  protocol::sigv4::Scope scope;
  std::vector<std::string> signed_headers;  ///< lower case, sorted, each once
  std::string signature;
  std::string amz_date;  ///< YYYYMMDDTHHMMSSZ
  TimePoint signed_at;
  bool presigned = false;
  std::int64_t expires_seconds = 0;  ///< presigned only
};

/// `AKID/YYYYMMDD/region/service/aws4_request`. An access key may itself hold slashes.
struct Credential {
  std::string access_key;
  protocol::sigv4::Scope scope;
};
/// The error is what Amazon S3 says is wrong with it, to be put behind the place it stands in (reported:
/// versitygw, whose texts are those of Amazon S3).
std::expected<Credential, std::string> parse_credential(std::string_view text);

/// From `Authorization: AWS4-HMAC-SHA256 …`.
std::expected<SignatureClaim, protocol::S3Error> claim_from_header(const protocol::Headers& headers);
/// From X-Amz-Algorithm and the other query parameters.
std::expected<SignatureClaim, protocol::S3Error> claim_from_query(const protocol::Query& query);

}  // namespace partsmith::server
