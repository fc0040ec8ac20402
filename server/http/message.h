#pragma once
/// What the HTTP edge gives and takes: the only HTTP types the rest of the server sees. Nothing here knows
/// the library.

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <partsmith/protocol/headers.h>
#include <partsmith/values/byte_pipe.h>
#include <partsmith/values/encoding.h>

namespace partsmith::server {

/// Why a body could not be read to its end.
enum class BodyError {
  incomplete,  ///< the client ended it early, or closed: S3's IncompleteBody
  timeout,     ///< the client is too slow (EdgeOptions): RequestTimeout
  malformed,   ///< broken chunked framing
  stopped,     ///< the sink returned false
};

/// The body of one request: a stream that can be read once. Its length is known unless it is
/// Transfer-Encoding chunked.
class RequestBody {
 public:
  /// Receives the next run of bytes; false stops reading.
  using Sink = std::function<bool(ByteView)>;

  virtual ~RequestBody() = default;
  /// Content-Length, or nothing for a chunked body. A request without a body has length 0.
  virtual std::optional<std::uint64_t> length() const = 0;
  /// Whether the request said how long its body is at all (Content-Length or Transfer-Encoding).
  virtual bool framed() const = 0;
  /// Hands the whole body to the sink, in runs of up to the edge's buffer size. Answers `Expect:
  /// 100-continue` first. Call at most once; a second call throws std::logic_error.
  virtual std::expected<void, BodyError> read(const Sink& sink) = 0;
  /// The same for who needn't see the bytes. Those that came with the head go to the sink; the others may go
  /// into the pipe, which `emptied` has to empty each time. False from either stops.
  virtual std::expected<void, BodyError> read_piped(const Sink& sink, BytePipe&,
                                                    const std::function<bool()>&) {
    return read(sink);
  }
  /// Test doubles: read() doesn't answer `Expect: 100-continue`, but waits for the body.
  virtual void withhold_continue() {}
};

/// The place among the edge's workers that a request takes. Used by the handler's own thread, in turn.
class Place {
 public:
  virtual ~Place() = default;
  virtual void leave() = 0;
  virtual void take_again() = 0;  ///< waits until there is one
};

/// While it lives, the handler's thread waits for something that isn't the processor or the disk, and another
/// may work. Reading a body does so by itself.
class Away {
 public:
  explicit Away(Place* place) : place_(place) {
    if (place_ != nullptr) place_->leave();
  }
  ~Away() {
    if (place_ != nullptr) place_->take_again();
  }
  Away(const Away&) = delete;
  Away& operator=(const Away&) = delete;

 private:
  Place* place_;
};

/// One request as it came: nothing decoded, nothing folded. `body` and `place` live until its answer is sent.
struct Request {
  std::string method;
  std::string target;  ///< undecoded, as signed
  protocol::Headers headers;
  std::string peer_address;
  std::uint16_t peer_port = 0;
  bool secure = false;                ///< over TLS
  bool came_by_control_port = false;  ///< ServerOptions::control_port
  RequestBody* body = nullptr;
  Place* place = nullptr;  ///< none: nobody waits for it
};

/// Produces an answer's body: called for (offset, wanted) until `length` bytes have been given. Returns the
/// bytes, valid until the next call; an empty span means that it cannot go on, and the connection is cut.
using BodyProducer = std::function<ByteView(std::uint64_t offset, std::size_t wanted)>;

/// Puts up to `wanted` bytes of a body into the pipe, which holds none; how many, and 0 when it cannot go on.
/// Nothing: the producer has the next ones.
using PipeFiller =
    std::function<std::optional<std::size_t>(BytePipe& pipe, std::uint64_t offset, std::size_t wanted)>;

struct StreamedBody {
  std::uint64_t length = 0;
  BodyProducer produce{};
  PipeFiller fill{};  ///< optional: asked first, where the bytes go to the client as they are
};

/// A body whose length nobody knows yet, sent in chunks as it is made. Each call gives the next run, valid
/// until the next call; an empty one ends the body.
struct ChunkedBody {
  std::function<std::string_view()> next;
};

/// What became of an answer.
struct Exchange {
  std::uint64_t bytes_in = 0;   ///< head and body as received
  std::uint64_t bytes_out = 0;  ///< head and body as sent
  bool cut = false;             ///< the client left, or the connection was reset
};

/// Why an answer can't be sent.
enum class AnswerFault {
  bug,        ///< its head says what HTTP can't
  no_memory,  ///< the budget doesn't have it
};

struct Response;

/// Who made an answer, kept until it is on the wire or was cut. Called on the thread that sends it.
class AnswerOwner {
 public:
  virtual ~AnswerOwner() = default;
  /// What to send instead. `what` is for the log, and empty where `why` says all.
  virtual Response instead(AnswerFault why, std::string_view what) = 0;
  /// Called once, last of all.
  virtual void sent(const Exchange& exchange) = 0;
};

struct Response {
  int status = 200;
  /// Sent in this order. The edge sets Content-Length, Transfer-Encoding and Connection itself and leaves out
  /// those given here ("Connection: close" is heeded). A name that is no token, or a value with a control
  /// byte other than a tab, is a bug: a failure (500) is sent instead.
  protocol::Headers headers{};
  std::variant<std::string, StreamedBody, ChunkedBody> body{};
  /// For HEAD: the Content-Length to announce without sending a body.
  std::optional<std::uint64_t> announced_length{};
  bool close_connection = false;
  std::shared_ptr<AnswerOwner> owner{};  ///< optional; without one a fault is answered by an empty 500 or 503
  /// Test doubles: cut the connection (RST) after this many bytes of the answer, head included. A shorter
  /// answer is left alone.
  std::optional<std::uint64_t> reset_after_bytes{};
  /// Likewise: close it (FIN).
  std::optional<std::uint64_t> close_after_bytes{};
  /// Likewise: reset it, rather than close it, when the body can't go on.
  bool reset_when_cut = false;
};

/// What the edge calls for each request, on a worker thread. It may move from the request, and must not
/// throw: what escapes is a bug, which is logged and answered by an empty 500.
using RequestHandler = std::function<Response(Request&)>;

}  // namespace partsmith::server
