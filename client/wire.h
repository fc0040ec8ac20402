#pragma once
/// A connected stream of bytes: TCP, or TLS over it. One thread at a time.

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>

#include <partsmith/client/endpoint.h>
#include <partsmith/client/error.h>
#include <partsmith/client/http_client.h>
#include <partsmith/values/byte_pipe.h>
#include <partsmith/values/encoding.h>

namespace partsmith::client {

using Instant = std::chrono::steady_clock::time_point;

/// A stream whose bytes pass in the kernel.
class PipedWire {
 public:
  virtual ~PipedWire() = default;
  /// As Wire::read, into a pipe that holds nothing, and up to `most` bytes.
  virtual std::expected<std::size_t, ClientError> read(BytePipe& into, std::size_t most,
                                                       Instant deadline) = 0;
  /// As Wire::write, of what the pipe holds.
  virtual std::expected<std::size_t, ClientError> write(BytePipe& from, Instant deadline) = 0;
};

class Wire {
 public:
  virtual ~Wire() = default;
  /// What is there, waiting for at least a byte; 0 at the end of the stream.
  virtual std::expected<std::size_t, ClientError> read(std::span<std::uint8_t> into, Instant deadline) = 0;
  /// As much as the other side takes, waiting for room for at least a byte. 0 means that bytes came in
  /// meanwhile, which should be read before more is sent.
  virtual std::expected<std::size_t, ClientError> write(ByteView bytes, Instant deadline) = 0;
  /// The same stream for bytes that nobody looks at; null where they are encrypted.
  virtual PipedWire* piped() { return nullptr; }
  /// Whether bytes, the end or a failure are there now.
  virtual bool has_input() = 0;
  /// Says that nothing more will be sent.
  virtual void half_close() = 0;
  /// From any thread: whoever reads or writes finds the connection at its end.
  virtual void interrupt() = 0;
  /// Ends the connection so that the other side sees it reset.
  virtual void reset() = 0;
};

/// Connected, or why not.
using WireResult = std::expected<std::unique_ptr<Wire>, ClientError>;

/// Connects; tries each address of the name in turn. Names under ".localhost" are this machine (RFC 6761).
WireResult connect_tcp(const Origin& origin, Instant deadline);

/// What TLS trusts; made once, shared by all connections of a client.
class TlsContext;
std::expected<std::shared_ptr<const TlsContext>, ClientError> make_tls_context(const HttpOptions& options);
/// Connects, shakes hands, and checks that the certificate is the host's.
WireResult connect_tls(const Origin& origin, const TlsContext& context, Instant deadline);

}  // namespace partsmith::client
