#pragma once
/// One exchange whose request body its caller pushes and whose answer's body he pulls, in runs: for who
/// passes both on.

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>

#include <partsmith/client/http_client.h>
#include <partsmith/values/byte_pipe.h>

namespace partsmith::client {

/// Made by ExchangeClient. One thread at a time. When it goes, its connection is kept for the next request if
/// both bodies came to their ends, and else closed, so that the server sees a body without an end.
class HttpExchange {
 public:
  struct Head {
    int status = 0;
    protocol::Headers headers;
    /// Of the body that follows, or to HEAD would; nothing: it says by itself where it ends.
    std::optional<std::uint64_t> length;
  };

  virtual ~HttpExchange() = default;
  /// Bytes of the request, framed as its head says. False: an answer has begun to come, and no more is
  /// wanted.
  virtual std::expected<bool, ClientError> send(ByteView bytes) = 0;
  /// The same bytes without looking at them: all that the pipe holds. Only where passes_pipes().
  virtual std::expected<bool, ClientError> send(BytePipe& from) = 0;
  /// All of the request has been sent.
  virtual void end_request() = 0;
  /// The final answer's head. Once. After send() failed because the connection was cut, too: the server may
  /// have answered before.
  virtual std::expected<Head, ClientError> answer() = 0;
  /// The body's next run, valid until the next call; empty at its end.
  virtual std::expected<ByteView, ClientError> read() = 0;
  /// Up to `most` of them into a pipe that holds none; how many. Nothing: read() has some first, or has to
  /// find the body's end.
  virtual std::expected<std::optional<std::size_t>, ClientError> read(BytePipe& into, std::size_t most) = 0;
  /// Whether bytes can be sent without being looked at: not where they are encrypted.
  virtual bool passes_pipes() const = 0;
  /// Whether read() or answer() have something without waiting.
  virtual bool is_ready() = 0;
  /// Whether the connection had carried a request before, and no byte has come of this one's answer: the
  /// server may have closed it before it saw the request.
  virtual bool may_be_stale() const = 0;
  virtual bool was_kept() const = 0;
};

/// Which connection a request takes.
struct ConnectionChoice {
  /// The longest that a kept one may have been idle, which its server may just be closing; 0: a new one.
  std::chrono::milliseconds most_idle = std::chrono::milliseconds::max();
};

/// Safe from any thread; connections are kept for the next request.
class ExchangeClient {
 public:
  explicit ExchangeClient(HttpOptions options = {});
  ~ExchangeClient();
  ExchangeClient(const ExchangeClient&) = delete;
  ExchangeClient& operator=(const ExchangeClient&) = delete;

  /// Sends the head, with a body that is a text, and leaves the rest to the caller. A body that he sends has
  /// its Content-Length or Transfer-Encoding in the headers. After `Expect: 100-continue` this waits for the
  /// answer to it, as long as HttpOptions say. Nothing is sent again. The client outlives the exchange.
  std::expected<std::unique_ptr<HttpExchange>, ClientError> begin(const HttpRequest& request,
                                                                  ConnectionChoice choice = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace partsmith::client
