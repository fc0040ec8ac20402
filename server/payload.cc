#include "payload.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "document_limits.h"
#include "payload_digests.h"
#include "payload_errors.h"
#include "signature_mismatch.h"

namespace partsmith::server {

using protocol::AwsChunkedDecoder;
using protocol::ErrorCode;
using protocol::S3Error;

S3Error s3_error(BodyError error) {
  switch (error) {
    case BodyError::timeout:
      return ErrorCode::RequestTimeout;
    case BodyError::incomplete:
    case BodyError::malformed:
    case BodyError::stopped:
      break;
  }
  return ErrorCode::IncompleteBody;
}

namespace {

/// Source of the fields: openstack/swift's tests of Amazon S3 (test/s3api/test_input_errors.py).
S3Error wrong_signature(const Visit& visit, const AwsChunkedDecoder::SignatureMismatch& mismatch) {
  const auto& streamed = std::get<StreamedPayload>(visit.payload());
  return signature_mismatch(visit.principal().access_key, mismatch.provided, mismatch.string_to_sign,
                            streamed.canonical_request);
}

}  // namespace

S3Error s3_error(AwsChunkedDecoder::Error error, const Visit& visit, const AwsChunkedDecoder& decoder) {
  switch (error) {
    case AwsChunkedDecoder::Error::chunk_too_small:
      return S3Error(ErrorCode::InvalidChunkSizeError)
          .with("Chunk", std::to_string(decoder.small_chunk().number))
          .with("BadChunkSize", std::to_string(decoder.small_chunk().size));
    case AwsChunkedDecoder::Error::wrong_signature:
      return wrong_signature(visit, decoder.mismatch());
    case AwsChunkedDecoder::Error::malformed_trailer:
    case AwsChunkedDecoder::Error::trailer_too_large:
      return ErrorCode::MalformedTrailerError;
    // Broken framing in any way: docs/s3-truth.md, "Unsettled".
    case AwsChunkedDecoder::Error::incomplete:
    case AwsChunkedDecoder::Error::malformed:
    case AwsChunkedDecoder::Error::chunk_too_large:
      break;
  }
  return ErrorCode::IncompleteBody;
}

S3Error wrong_length(std::uint64_t expected, std::uint64_t provided) {
  return S3Error(ErrorCode::IncompleteBody,
                 "You did not provide the number of bytes specified by the Content-Length HTTP header")
      .with("NumberBytesExpected", std::to_string(expected))
      .with("NumberBytesProvided", std::to_string(provided));
}

S3Error wrong_sha256(const std::string& said, const std::string& computed) {
  return S3Error(ErrorCode::XAmzContentSHA256Mismatch)
      .with("ClientComputedContentSHA256", said)
      .with("S3ComputedContentSHA256", computed);
}

S3Result<void> check_trailers(std::optional<ChecksumAlgorithm> announced, const AwsChunkedDecoder& decoder) {
  if (decoder.trailers().size() <= (announced ? 1U : 0U)) return {};
  return std::unexpected(S3Error(ErrorCode::MalformedTrailerError));
}

S3Result<Checksum> trailing_checksum(ChecksumAlgorithm algorithm, const AwsChunkedDecoder& decoder) {
  const std::string_view header = traits(algorithm).header;
  const auto text = decoder.trailers().get(header);
  if (!text) return std::unexpected(S3Error(ErrorCode::MalformedTrailerError));
  auto given = Checksum::from_base64(algorithm, *text);
  if (given) return *std::move(given);
  return std::unexpected(S3Error(ErrorCode::InvalidRequest,
                                 "Value for " + std::string(header) + " trailing header is invalid."));
}

namespace {

S3Result<void> check_length(const PayloadDeclaration& declaration, std::uint64_t size) {
  if (!declaration.length || *declaration.length == size) return {};
  return std::unexpected(wrong_length(*declaration.length, size));
}

/// Room in `document` for `size` bytes, counted before it is taken; false: memory is short. At most
/// `expected` will come.
bool make_room(std::string& document, MemoryBudget::Reservation& held, std::size_t size,
               std::size_t expected) {
  constexpr std::size_t least = 4096;
  if (size <= document.capacity()) return true;
  const std::size_t capacity = std::max(size, std::min(std::max(2 * size, least), expected));
  if (!held.grow_to(capacity)) return false;
  document.reserve(capacity);
  return true;
}

/// What the document's tree takes while it is read (see XmlLimits). Waits for others, which read theirs in
/// milliseconds. A text that isn't XML may have more "<" than nodes, and ends the reading at the first wrong
/// one. Nothing: memory is short.
std::optional<MemoryBudget::Reservation> memory_for_tree(const Visit& visit, const std::string& document,
                                                         std::size_t most_nodes) {
  constexpr std::size_t for_a_byte = 6;
  constexpr std::size_t for_a_node = 300;
  constexpr std::chrono::seconds patience{5};
  std::size_t nodes = 0;
  for (std::size_t at = document.find('<'); at != std::string::npos; at = document.find('<', at + 1)) {
    if (document.compare(at, 2, "</") != 0) ++nodes;
  }
  const std::size_t bytes = for_a_byte * document.size() + for_a_node * std::min(nodes, most_nodes);
  if (auto held = visit.memory().reserve(bytes)) return held;
  const Away away(visit.request.place);
  return visit.memory().reserve(bytes, patience);
}

S3Result<void> check_sha256(const Visit& visit, const PayloadDeclaration& declaration,
                            PayloadDigests& digests) {
  if (!declaration.sha256) return {};
  const auto& signed_as = std::get<SignedPayload>(visit.payload());
  const Bytes computed = digests.sha256();
  if (computed == *declaration.sha256) return {};
  return std::unexpected(wrong_sha256(signed_as.text, to_hex(computed)));
}

/// The checksum that came in header or trailer against the one computed. No other trailer may come.
S3Result<void> check_checksum(const PayloadDeclaration& declaration, const AwsChunkedDecoder* decoder,
                              const ReceivedPayload& received) {
  const auto algorithm = declaration.algorithm();
  if (decoder != nullptr) {
    if (auto ok = check_trailers(declaration.trailer, *decoder); !ok) return ok;
  }
  if (!algorithm) return {};
  if (declaration.checksum) return check_checksum(*declaration.checksum, received);
  const auto given = trailing_checksum(*algorithm, *decoder);
  return given ? check_checksum(*given, received) : std::unexpected(given.error());
}

/// A body that came whole, and whether it is what was signed and declared.
struct WholePayload {
  ReceivedPayload received;
  S3Result<void> as_signed;
  S3Result<void> as_declared;
};

S3Result<void> check_declared(const PayloadDeclaration& declaration, Md5Echo echo,
                              const AwsChunkedDecoder* decoder, const ReceivedPayload& received) {
  if (auto ok = check_md5(declaration, received, echo); !ok) return ok;
  return check_checksum(declaration, decoder, received);
}

S3Result<WholePayload> whole_payload(const Visit& visit, const PayloadDeclaration& declaration,
                                     std::optional<ChecksumAlgorithm> also, Md5Echo echo,
                                     const PayloadSink& sink) {
  PayloadDigests digests(visit.world().md5_lanes, declaration, also);
  std::optional<AwsChunkedDecoder> decoder;
  if (const auto* streamed = std::get_if<StreamedPayload>(&visit.payload())) {
    decoder.emplace(streamed->form, streamed->signing);
  }

  std::optional<S3Error> failure;
  const auto take = [&](ByteView bytes) {
    if (declaration.length && digests.size() + bytes.size() > *declaration.length) {
      failure = check_length(declaration, digests.size() + bytes.size()).error();
      return false;
    }
    digests.update(bytes);
    if (auto taken = sink(bytes); !taken) failure = std::move(taken.error());
    return !failure.has_value();
  };
  const auto read = visit.request.body->read([&](ByteView raw) {
    if (!decoder) return take(raw);
    const auto fed = decoder->feed(raw, take);
    if (!fed) failure = s3_error(fed.error(), visit, *decoder);
    return fed && *fed;
  });
  if (failure) return std::unexpected(std::move(*failure));
  if (!read) return std::unexpected(s3_error(read.error()));
  if (decoder) {
    if (const auto end = decoder->finish(); !end) {
      return std::unexpected(s3_error(end.error(), visit, *decoder));
    }
  }

  if (auto ok = check_length(declaration, digests.size()); !ok) return std::unexpected(std::move(ok.error()));
  WholePayload whole;
  whole.as_signed = check_sha256(visit, declaration, digests);
  whole.received = digests.finish();
  whole.as_declared = check_declared(declaration, echo, decoder ? &*decoder : nullptr, whole.received);
  return whole;
}

/// A document, and what is wrong with its digests.
struct DocumentInHand {
  HeldDocument text;
  S3Result<void> as_signed;
  S3Result<void> as_declared;
};

S3Result<DocumentInHand> document_of(const Visit& visit, ChecksumHeader meaning) {
  if (!visit.request.body->framed()) return DocumentInHand();  // a request without a body has an empty one
  const protocol::XmlLimits most = document_limits(visit.operation().id);
  auto declaration = declared_payload(visit, most.bytes, meaning);
  if (!declaration) {
    if (declaration.error().code == ErrorCode::EntityTooLarge) {
      return std::unexpected(S3Error(ErrorCode::MaxMessageLengthExceeded)
                                 .with("MaxMessageLengthBytes", std::to_string(most.bytes)));
    }
    return std::unexpected(std::move(declaration.error()));
  }
  std::string document;
  auto held = visit.memory().reserve_to_wait();  // for its tree
  const std::size_t expected = declaration->length.value_or(most.bytes);
  auto whole = whole_payload(visit, *declaration, std::nullopt, Md5Echo::base64,
                             [&](ByteView bytes) -> S3Result<void> {
                               if (!make_room(document, held, document.size() + bytes.size(), expected)) {
                                 return std::unexpected(S3Error(ErrorCode::SlowDown));
                               }
                               document += as_text(bytes);
                               return {};
                             });
  if (!whole) return std::unexpected(whole.error());
  if (!protocol::xml_fits(document, most)) return std::unexpected(S3Error(ErrorCode::MalformedXML));
  auto tree = memory_for_tree(visit, document, most.nodes);
  if (!tree) return std::unexpected(S3Error(ErrorCode::SlowDown));
  return DocumentInHand{HeldDocument(std::move(document), std::move(held), *std::move(tree)),
                        std::move(whole->as_signed), std::move(whole->as_declared)};
}

}  // namespace

S3Result<ReceivedPayload> receive_payload(const Visit& visit, const PayloadDeclaration& declaration,
                                          std::optional<ChecksumAlgorithm> also, Md5Echo echo,
                                          const PayloadSink& sink) {
  auto whole = whole_payload(visit, declaration, also, echo, sink);
  if (!whole) return std::unexpected(std::move(whole.error()));
  if (!whole->as_signed) return std::unexpected(std::move(whole->as_signed.error()));
  if (!whole->as_declared) return std::unexpected(std::move(whole->as_declared.error()));
  return std::move(whole->received);
}

S3Result<HeldDocument> receive_document(const Visit& visit, ChecksumHeader meaning) {
  auto document = document_of(visit, meaning);
  if (!document) return std::unexpected(std::move(document.error()));
  if (!document->as_signed) return std::unexpected(std::move(document->as_signed.error()));
  if (!document->as_declared) return std::unexpected(std::move(document->as_declared.error()));
  return std::move(document->text);
}

S3Result<HeldDocument> receive_document(const Visit& visit, std::optional<S3Error>& mismatch) {
  auto document = document_of(visit, ChecksumHeader::of_body);
  if (!document) return std::unexpected(std::move(document.error()));
  if (!document->as_declared) {
    mismatch = std::move(document->as_declared.error());
  } else if (!document->as_signed) {
    mismatch = std::move(document->as_signed.error());
  }
  return std::move(document->text);
}

}  // namespace partsmith::server
