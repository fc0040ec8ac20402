#pragma once
/// The aws-chunked body format: `hex-size[;chunk-signature=…]CRLF data CRLF … 0 … CRLF trailers CRLF`.
/// One decoder for the server and one encoder for the client; both work piece by piece in bounded memory.
/// Source: S3 API reference, "Signature Calculations for the Authorization Header: Transferring Payload in
/// Multiple Chunks", with and without trailing headers.

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/sigv4.h>
#include <partsmith/values/encoding.h>

namespace partsmith::protocol {

/// Which of the STREAMING-… forms `x-amz-content-sha256` names.
struct StreamingPayload {
  bool signed_chunks = false;
  bool trailer = false;
  bool sigv4a = false;  ///< known, not supported
};
/// Nothing when the value is not a STREAMING-… form that S3 knows.
std::optional<StreamingPayload> streaming_payload(std::string_view content_sha256);

/// What chunk signatures are made of and checked against (signed forms only).
struct ChunkSigning {
  Sha256 key{};
  std::string amz_date;
  sigv4::Scope scope;
  std::string seed_signature;
};

/// Decodes one body. Data goes to the sink in runs as they are found (never a chunk at once, never a byte at
/// a time). With signed chunks, data is handed on before its chunk's signature is known; finish() tells
/// whether all was right, and until then nothing may become visible.
///
/// As tolerant as S3 where clients differ: trailer lines may end with LF alone, and empty lines may stand
/// before, between and after them (minio-go writes both).
class AwsChunkedDecoder {
 public:
  enum class Error {
    malformed,          ///< the framing of chunks is wrong
    chunk_too_small,    ///< a chunk that isn't the last has less than min_chunk_bytes: see small_chunk()
    chunk_too_large,    ///< more than any body may have
    wrong_signature,    ///< a chunk's or the trailer's
    malformed_trailer,  ///< a trailer line isn't one, or the trailer's signature is missing
    trailer_too_large,
    incomplete,  ///< the body ended before the last chunk or trailer did
  };
  /// Receives decoded data; false stops the decoding (the caller knows why).
  using Sink = std::function<bool(ByteView)>;

  static constexpr std::uint64_t min_chunk_bytes = 8192;

  /// Without `signing`, the signatures of a signed form are read but not checked.
  AwsChunkedDecoder(StreamingPayload form, std::optional<ChunkSigning> signing);
  ~AwsChunkedDecoder();
  AwsChunkedDecoder(AwsChunkedDecoder&&) noexcept;
  AwsChunkedDecoder& operator=(AwsChunkedDecoder&&) noexcept;

  /// The next piece of the raw body. True: go on; false: the sink said stop. After an error, the same error.
  std::expected<bool, Error> feed(ByteView raw, const Sink& sink);
  /// At the body's end.
  std::expected<void, Error> finish();

  std::uint64_t decoded_bytes() const;
  /// The trailing headers without the trailer's signature, complete after finish().
  const Headers& trailers() const;

  /// What S3's InvalidChunkSizeError tells.
  struct SmallChunk {
    std::uint64_t number = 0;  ///< of the chunk that showed it, counted from 1: the one after the small one
    std::uint64_t size = 0;    ///< the small one's
  };
  /// After chunk_too_small.
  SmallChunk small_chunk() const;

  /// What S3's SignatureDoesNotMatch tells of a chunk or trailer.
  struct SignatureMismatch {
    std::string string_to_sign;
    std::string provided;
  };
  /// After wrong_signature.
  const SignatureMismatch& mismatch() const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

/// Encodes one body piece by piece.
class AwsChunkedEncoder {
 public:
  /// A signed form needs `signing` (a bug otherwise: throws).
  AwsChunkedEncoder(StreamingPayload form, std::optional<ChunkSigning> signing);
  /// One chunk with its framing. `data` must not be empty.
  std::string chunk(ByteView data);
  /// The final zero chunk with the trailers, if the form has them.
  std::string last(const Headers& trailers);
  /// Length of the whole encoded body for `payload` bytes in chunks of `chunk_size` and these trailers.
  static std::uint64_t encoded_length(StreamingPayload form, std::uint64_t payload, std::uint64_t chunk_size,
                                      const Headers& trailers);

 private:
  std::string head(ByteView data);

  StreamingPayload form_;
  std::optional<ChunkSigning> signing_;
  std::string previous_signature_;
};

}  // namespace partsmith::protocol
