#pragma once
/// Receives a request's body: aws-chunked decoder → digests → sink, in bounded memory, and verifies
/// everything that the client declared about it. Until receive_payload() has succeeded nothing of the body
/// may become visible. Source: S3 user guide, "Checking object integrity for data uploads"; recordings for
/// codes and messages.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <partsmith/values/checksum.h>
#include <partsmith/values/digest.h>

#include "visit.h"

namespace partsmith::server {

/// What the client says about its body, checked for form.
struct PayloadDeclaration {
  std::optional<std::uint64_t> length;  ///< of the decoded body, in bytes
  std::optional<Bytes> content_md5;              ///< 16 bytes
  std::optional<Checksum> checksum;              ///< from an x-amz-checksum-* header
  std::optional<ChecksumAlgorithm> trailer;      ///< announced by x-amz-trailer, if any is
  std::optional<Bytes> sha256;                   ///< of a signed payload, 32 bytes

  /// The algorithm of the checksum that comes in header or trailer.
  std::optional<ChecksumAlgorithm> algorithm() const { return checksum ? checksum->algorithm : trailer; }
};

struct ReceivedPayload {
  std::uint64_t size = 0;
  Bytes md5;                                   ///< 16 bytes
  std::optional<Checksum> declared;            ///< what the client gave, verified
  std::optional<Checksum> computed;            ///< of the algorithm asked for in receive_payload()
};

/// The one x-amz-checksum-* header, if there is one. InvalidRequest when it is of no algorithm, malformed or
/// not alone.
S3Result<std::optional<Checksum>> declared_checksum(const protocol::Headers& headers);

/// How BadDigest shows the client's Content-MD5: Amazon S3 gives hex for PutObject and the header's own
/// base64 for parts.
enum class Md5Echo { hex, base64 };

/// What an x-amz-checksum-* header speaks of: the body that carries it, or (CompleteMultipartUpload) the
/// finished object.
enum class ChecksumHeader { of_body, of_object };

/// MissingContentLength, InvalidDigest, InvalidRequest (checksum headers), EntityTooLarge, NotImplemented
/// (Transfer-Encoding without x-amz-decoded-content-length).
S3Result<PayloadDeclaration> declared_payload(const Visit& visit, std::uint64_t max_size,
                                              ChecksumHeader meaning = ChecksumHeader::of_body);

/// What headers say of the bytes besides their length: Content-MD5 and a checksum. As above for the errors.
S3Result<PayloadDeclaration> declared_digests(const protocol::Headers& headers);

/// Takes the next run of decoded bytes; an error stops the reading and is what receive_payload() returns.
using PayloadSink = std::function<S3Result<void>(ByteView)>;

/// Reads the whole body. `also` names an algorithm to compute besides the declared one.
S3Result<ReceivedPayload> receive_payload(const Visit& visit, const PayloadDeclaration& declaration,
                                          std::optional<ChecksumAlgorithm> also, Md5Echo echo,
                                          const PayloadSink& sink);

/// Amazon S3 wants some documents protected by a digest or checksum in a header: InvalidRequest without.
S3Result<void> require_digest(const Visit& visit);

/// A document in memory, and what it and its tree take of the server's budget while it lives.
class HeldDocument {
 public:
  HeldDocument() = default;
  HeldDocument(std::string text, MemoryBudget::Reservation held, MemoryBudget::Reservation tree)
      : text_(std::move(text)), held_(std::move(held)), tree_(std::move(tree)) {}

  /// There is neither tree nor text any more, but what was taken out of them, which may be as long as the
  /// text.
  void was_read() {
    text_ = {};
    tree_.release();
  }
  /// The same, where what was taken out of them needs `bytes`, or what the tree had if that is less: they are
  /// held from now on by what is returned. So nobody waits for memory again who has what he waited for.
  MemoryBudget::Reservation was_read_into(std::size_t bytes) {
    text_ = {};
    held_.release();
    tree_.shrink_to(bytes);
    return std::move(tree_);
  }

  bool empty() const { return text_.empty(); }
  operator const std::string&() const { return text_; }  // NOLINT: it is one, with a weight
  operator std::string_view() const { return text_; }    // NOLINT

 private:
  std::string text_;
  MemoryBudget::Reservation held_;
  MemoryBudget::Reservation tree_;
};

/// The whole body as text, for XML documents: at most what document_limits() has for the operation
/// (MaxMessageLengthExceeded, MalformedXML). SlowDown when the memory of all requests doesn't suffice.
S3Result<HeldDocument> receive_document(const Visit& visit, ChecksumHeader meaning = ChecksumHeader::of_body);

/// The same for who tells what is wrong in the document before digests that aren't those of its bytes: these
/// become `mismatch`.
S3Result<HeldDocument> receive_document(const Visit& visit, std::optional<protocol::S3Error>& mismatch);

}  // namespace partsmith::server
