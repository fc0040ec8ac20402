#pragma once
/// A request to S3 as a value, before it is addressed and signed. Every operation can be said this way; the
/// multipart operations have makers in multipart_requests.h.

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <partsmith/client/body.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/values/checksum.h>

namespace partsmith::client {

/// How the body is covered by the signature, as x-amz-content-sha256 says it.
enum class Payload {
  signed_whole,          ///< the body's SHA-256; what is no text in memory goes as UNSIGNED-PAYLOAD
  unsigned_whole,        ///< UNSIGNED-PAYLOAD
  unsigned_trailer,      ///< STREAMING-UNSIGNED-PAYLOAD-TRAILER
  signed_chunks,         ///< STREAMING-AWS4-HMAC-SHA256-PAYLOAD
  signed_chunks_trailer  ///< STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
};

enum class Signing { header, presigned, anonymous };

struct S3Request {
  struct Parameter {
    std::string name;
    std::optional<std::string> value;  ///< nothing: `?uploads`; empty: `?uploads=`
  };

  std::string method;
  std::string bucket;  ///< empty: the service
  std::string key;     ///< empty: the bucket; not encoded
  std::vector<Parameter> query;
  protocol::Headers headers;
  Body body;

  /// Ends the exchange wherever it is, as an error of kind stopped.
  std::stop_token stop = {};

  Signing signing = Signing::header;
  std::int64_t presigned_seconds = 900;
  Payload payload = Payload::signed_whole;
  /// Of the aws-chunked forms.
  std::uint64_t chunk_bytes = 64 * 1024;
  /// Sent as the trailer of the forms that have one, computed on the way.
  std::optional<ChecksumAlgorithm> trailer;
  /// Sent as the trailer instead, whatever the body (name as x-amz-trailer tells it, and value).
  std::optional<std::pair<std::string, std::string>> stated_trailer;

  // Thousands of places make and drop requests: what that takes is written once.
  S3Request();
  S3Request(const S3Request& other);
  S3Request(S3Request&& other) noexcept;
  S3Request& operator=(const S3Request& other);
  S3Request& operator=(S3Request&& other) noexcept;
  ~S3Request();

  S3Request& parameter(std::string name, std::optional<std::string> value = std::nullopt);
  S3Request& header(std::string name, std::string value);
};

}  // namespace partsmith::client
