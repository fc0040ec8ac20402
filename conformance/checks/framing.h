#pragma once
/// Puts whose bodies are signed, announced and framed in many ways: docs/kinds/payloads.md.

#include "checks/making.h"

namespace partsmith::conformance::checks {

using HeaderPairs = std::vector<std::pair<std::string, std::string>>;

inline constexpr const char* tests_of_swift =
    "reported: openstack/swift (test/s3api, held against Amazon S3)";

inline constexpr const char* sha256_header = "x-amz-content-sha256";
inline constexpr const char* unsigned_stream = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
inline const std::string framed_content = "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`";
inline const std::string other_content = "not the body";

inline std::string crc32_of(std::string_view text) {
  return base64_checksum(ChecksumAlgorithm::crc32, text);
}

inline std::string sha256_of(std::string_view text) {
  return to_hex(sha256(as_bytes(text)));
}

struct Refusal {
  int status;
  std::string code;
  std::string message;
  HeaderPairs fields = {};
};

inline void expect(Answer answer, const Refusal& refusal) {
  answer.error(refusal.status, refusal.code).message(refusal.message);
  for (const auto& [name, value] : refusal.fields) answer.field(name, value);
}

inline const Refusal incomplete{400, "IncompleteBody", "The request body terminated unexpectedly"};
inline const Refusal bad_crc32{400, "BadDigest",
                               "The CRC32 you specified did not match the calculated checksum."};
inline const Refusal bad_trailer{
    400, "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform "
    "to our published schema."};
inline const Refusal several{
    400, "InvalidRequest",
    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."};
inline const Refusal one_place{400, "InvalidRequest", "Expecting a single x-amz-checksum- header"};
inline const Refusal no_such_trailer{400, "InvalidRequest",
                                     "The value specified in the x-amz-trailer header is not supported"};
inline const Refusal no_length{411, "MissingContentLength",
                               "You must provide the Content-Length HTTP header."};

inline Refusal wrong_length(std::string_view provided) {
  return {400,
          "IncompleteBody",
          "You did not provide the number of bytes specified by the Content-Length HTTP header",
          {{"NumberBytesExpected", "32"}, {"NumberBytesProvided", std::string(provided)}}};
}

inline Refusal mismatch(const std::string& stated) {
  return {400,
          "XAmzContentSHA256Mismatch",
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
          {{"ClientComputedContentSHA256", stated}, {"S3ComputedContentSHA256", sha256_of(framed_content)}}};
}

inline Refusal no_hash(const std::string& stated) {
  return {400,
          "InvalidArgument",
          "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
          "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
          "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a "
          "valid sha256 value.",
          {{"ArgumentName", sha256_header}, {"ArgumentValue", stated}}};
}

inline void expect_taken(CheckContext& c, Answer answer, const std::string& encoding = {}) {
  answer.status(200).required();
  auto read = c.send(c.get());
  read.status(200).body(framed_content);
  if (encoding.empty()) {
    read.no_header("Content-Encoding");
  } else {
    read.header("Content-Encoding", encoding);
  }
}

/// The whole encoded body, so that it can be spoilt.
inline std::string whole_body(const client::Body& body) {
  std::string text;
  const auto pull = body.open();
  Bytes buffer(64 * 1024);
  while (const auto count = pull(buffer)) {
    if (*count == 0) return text;
    text += as_text(ByteView(buffer).first(*count));
  }
  return text;
}

/// The checks of bodies in chunks.
void add_object_chunks(std::vector<Check>& checks);

}  // namespace partsmith::conformance::checks
