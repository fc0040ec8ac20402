#pragma once
/// Answers that say nothing about what was asked, since the endpoint had no time, no room, or no connection.

#include <expected>
#include <string>

#include <partsmith/client/s3_client.h>

namespace partsmith::conformance {

enum class Trouble {
  none,
  lost,    ///< the connection ended before the answer was whole
  broken,  ///< 500: S3 asks to send it again
  busy,    ///< 429, 502, 503, 504, or in words
  full     ///< 507, or in words
};

/// Source: AWS SDKs and Tools Reference Guide, "Retry behavior"; S3 API: Error responses (InternalError,
/// SlowDown, ServiceUnavailable). The error of a 200 counts, too, where S3 has it.
Trouble trouble_of(const std::expected<client::S3Answer, client::ClientError>& answer);

bool is_busy(int status, std::string_view code);

/// "SlowDown (503)".
std::string words_of(const client::S3Answer& answer);

}  // namespace partsmith::conformance
