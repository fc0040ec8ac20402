#pragma once
/// The body of a request on its way to the upstream. What the client's signature says of it is verified here:
/// its SHA-256, or the signatures of its chunks and of its trailer. Its Content-MD5 and checksums go on, and
/// are the upstream's to check. A body that fits into small_body is verified before the upstream hears of the
/// request; of others the end is held back until all is verified, and if it isn't, the connection is cut: a
/// body without an end is nothing to any S3.

#include <memory>
#include <optional>

#include <partsmith/protocol/aws_chunked.h>
#include <partsmith/server/upstream.h>
#include <partsmith/values/digest.h>

#include "visit.h"

namespace partsmith::server {

class ForwardedPayload {
 public:
  /// Bodies up to this are held whole, in bytes.
  static constexpr std::uint64_t small_body = 64 * 1024;

  /// Says in `request` how the body comes: its length, and what the signature covers of it. Refuses what
  /// can't be framed anew: MissingContentLength, InvalidRequest (a trailer that is none).
  static S3Result<ForwardedPayload> of(const Visit& visit, UpstreamRequest& request);

  /// What passing it on takes, in bytes.
  std::size_t memory() const;
  /// Whether it is to be read before the request is sent.
  bool is_small() const;
  /// The whole body, verified, as it is sent on.
  S3Result<std::string> read_small();
  /// Sends it, verified. True: all of it; false: the upstream answers already.
  S3Result<bool> send(UpstreamExchange& exchange);

 private:
  using Sink = std::function<S3Result<bool>(ByteView)>;

  explicit ForwardedPayload(const Visit& visit) : visit_(&visit) {}

  /// The way of bytes that nobody looks at: `send` empties the pipe.
  struct Piping {
    BytePipe pipe;
    std::function<S3Result<bool>()> send = {};
  };

  /// A way through a pipe, where nothing has to be verified or changed on it.
  std::optional<BytePipe> open_pipe(const UpstreamExchange& exchange) const;
  /// Hands the bytes to the sink, or to the pipe, and verifies them. False: no more is wanted.
  S3Result<bool> pass(const Sink& sink, Piping* piping = nullptr);
  S3Result<void> verify();
  /// The last chunk of a body that goes on aws-chunked.
  S3Result<std::string> last_chunk();

  const Visit* visit_;
  std::optional<protocol::AwsChunkedDecoder> decoder_ = {};
  std::optional<protocol::AwsChunkedEncoder> encoder_ = {};  ///< with a trailer to send on
  std::optional<ChecksumAlgorithm> trailer_ = {};
  std::optional<Digest> sha256_ = {};
  std::optional<std::uint64_t> length_ = {};  ///< decoded, in bytes; nothing: nobody said
  std::uint64_t passed_ = 0;
  bool holds_end_back_ = false;
  bool asked_first_ = false;  ///< the upstream, whether it wants the body
  bool in_chunks_ = false;    ///< that end the body: Transfer-Encoding
};

}  // namespace partsmith::server
