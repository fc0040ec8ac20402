#pragma once
/// What can go wrong between a request and its answer, as one value.

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace partsmith::client {

enum class ErrorKind {
  connect,    ///< no connection: name not found, refused, unreachable
  timeout,    ///< nothing moved for too long, or the whole took too long
  cut,        ///< the connection ended before the answer was whole
  tls,        ///< no trustworthy TLS connection
  malformed,  ///< the answer is not HTTP, or not the document that S3 defines
  too_large,  ///< the answer is larger than the caller wants to hold
  source,     ///< the bytes to send could not be read
  sink,       ///< the receiver of the answer's bytes stopped
  stopped,    ///< the caller asked to stop
  damaged,    ///< the bytes that came or lie there are not those that were sent
  s3,         ///< the server answered with an error: `failure` says which
};

std::string_view to_string(ErrorKind kind);

/// An error answer of S3. `fields` are the other elements of its document, in order.
struct S3Failure {
  int status = 0;
  std::string code;  ///< empty when the answer has no error document (HEAD)
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;

  std::optional<std::string> field(std::string_view name) const;
  bool operator==(const S3Failure&) const = default;
};

struct ClientError {
  ErrorKind kind;
  std::string detail;  ///< one line fit for a person
  std::optional<S3Failure> failure;

  ClientError(ErrorKind error_kind, std::string text) : kind(error_kind), detail(std::move(text)) {}
  explicit ClientError(S3Failure answer);

  /// Whether the same request sent again may succeed: the connection failed on its way, or S3 asked to try
  /// again. Source: S3 API reference, "Error responses"; the AWS SDKs' "Retry behavior".
  bool retryable() const;
};

}  // namespace partsmith::client
