#pragma once
/// The S3 service that a gateway forwards to, as the server sees it: requests with the upstream's names go
/// in, answers come back, and both bodies pass in runs. Who implements it signs, connects and keeps
/// connections (partsmith/gateway/s3_upstream.h).

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <partsmith/protocol/headers.h>
#include <partsmith/values/byte_pipe.h>
#include <partsmith/values/encoding.h>

namespace partsmith::server {

/// Why there is no answer, or no more of it. `detail` is one line fit for the log.
struct UpstreamFailure {
  enum class Kind : std::uint8_t {
    unreachable,  ///< no connection
    timeout,      ///< it was silent for too long
    cut,          ///< the connection broke
    malformed,    ///< what came is no HTTP
  };
  Kind kind = Kind::cut;
  std::string detail = {};
};

struct UpstreamRequest {
  std::string method;
  std::string bucket = {};  ///< empty: the service
  std::string key = {};     ///< empty: the bucket; not encoded
  std::string query = {};   ///< encoded, without '?'
  /// To send on as they are: without Host, framing, and what a signature is made of.
  protocol::Headers headers = {};
  /// How the signature covers the body: x-amz-content-sha256. Empty: nobody signs the request.
  std::string payload_hash = {};
  /// The body, where it is in memory: `send` isn't called then, and the request may be sent again.
  std::optional<std::string> body = {};
  /// Of the body that `send` takes; nothing: it goes in chunks.
  std::optional<std::uint64_t> length = 0;
  /// Whether the upstream shall say first that it wants the body (Expect: 100-continue).
  bool asks_first = false;
};

struct UpstreamHead {
  int status = 0;
  protocol::Headers headers = {};
  std::optional<std::uint64_t> length =
      {};  ///< of the body that follows; nothing: it comes in chunks, or until the end
};

/// A request on its way, and its answer. One thread at a time. Destroyed before both are whole, the
/// connection is cut: the upstream sees that the body has no end.
class UpstreamExchange {
 public:
  template <typename T>
  using Result = std::expected<T, UpstreamFailure>;

  virtual ~UpstreamExchange() = default;
  /// The body's next run. False: the answer has begun to come, and no more is wanted.
  virtual Result<bool> send(ByteView run) = 0;
  /// The same of all that the pipe holds, where passes_pipes().
  virtual Result<bool> send(BytePipe& from) = 0;
  /// Whether the body's bytes can go without being looked at: it has a length and isn't encrypted.
  virtual bool passes_pipes() const = 0;
  /// After the last run, which a body in chunks can't do without.
  virtual Result<void> end_body() = 0;
  /// Waits for the answer. Once.
  virtual Result<UpstreamHead> answer() = 0;
  /// The answer body's next run, valid until the next call; empty at its end.
  virtual Result<ByteView> read() = 0;
  /// Up to `most` of its bytes into a pipe that holds none; how many. Nothing: read() has some first.
  virtual Result<std::optional<std::size_t>> read(BytePipe& into, std::size_t most) = 0;
  /// Whether there is something to read without waiting.
  virtual bool is_ready() = 0;
};

/// Safe from any thread.
class Upstream {
 public:
  virtual ~Upstream() = default;
  /// Connects, unless a connection is there, and sends the head, with the body if it is in memory.
  virtual std::expected<std::unique_ptr<UpstreamExchange>, UpstreamFailure> begin(
      const UpstreamRequest& request) = 0;

  struct Health {
    bool reached = false;
    std::string cause = {};  ///< of not being reached: one line
  };
  /// Whether it answers, as known for a second at most.
  virtual Health health() = 0;
  virtual std::string url() const = 0;
  /// Counts for Prometheus, in its text format.
  virtual std::string metrics() const = 0;
};

}  // namespace partsmith::server
