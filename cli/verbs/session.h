#pragma once
/// What every verb works with, and how it ends.

#include <expected>
#include <optional>
#include <string>

#include <partsmith/client/call.h>
#include <partsmith/client/s3_client.h>
#include <partsmith/client/s3_url.h>
#include <partsmith/values/time.h>

namespace partsmith::cli {

inline constexpr int verb_done = 0;
inline constexpr int verb_failed = 1;
inline constexpr int verb_misused = 2;
inline constexpr int verb_interrupted = 130;

/// Why a verb did not do what was asked: one line, and the exit code.
struct VerbError {
  std::string line;
  int code = verb_failed;
};

using VerbResult = std::expected<void, VerbError>;

struct Session {
  client::S3Client& client;
  const Clock& clock;
  client::CallPolicy call_policy;
};

inline std::unexpected<VerbError> failed(std::string line) {
  return std::unexpected(VerbError{std::move(line)});
}
inline std::unexpected<VerbError> misused(std::string line) {
  return std::unexpected(VerbError{std::move(line), verb_misused});
}
/// S3's code, message and request id; `about` says what it was about.
std::unexpected<VerbError> failed(const std::string& about, const client::ClientError& error);

/// The URL, of a key, or of a bucket alone, or why it is none.
std::expected<client::S3Url, VerbError> object_url(const std::string& text);
std::expected<client::S3Url, VerbError> bucket_url(const std::string& text);
std::expected<client::S3Url, VerbError> any_url(const std::string& text);

}  // namespace partsmith::cli
