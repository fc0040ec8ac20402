#pragma once
/// What a request's signature says of its payload.

#include <optional>
#include <string>
#include <variant>

#include <partsmith/protocol/aws_chunked.h>
#include <partsmith/values/digest.h>

namespace partsmith::server {

/// Nothing: UNSIGNED-PAYLOAD, Signature V2, a form.
struct UnsignedPayload {};
/// Its SHA-256.
struct SignedPayload {
  std::string text;  ///< of x-amz-content-sha256: 64 hex digits, in the client's letter case
};
/// It comes aws-chunked.
struct StreamedPayload {
  protocol::StreamingPayload form;
  std::optional<protocol::ChunkSigning> signing;  ///< of chunks that are signed
  std::string canonical_request;                  ///< likewise, for SignatureDoesNotMatch
};

using PayloadSignature = std::variant<UnsignedPayload, SignedPayload, StreamedPayload>;

}  // namespace partsmith::server
