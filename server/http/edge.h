#pragma once
/// The HTTP edge: listens, reads raw heads, keeps connections, and calls the handler. The only public face of
/// server/http; cpp-httplib stays behind it, for its own request handling corrupts S3's.

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/tls.h"

namespace partsmith::server {

struct EdgeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  /// How long a connection may be silent inside a request (head or body) before it is answered or cut.
  std::chrono::milliseconds read_timeout{std::chrono::seconds(60)};
  /// How long an idle keep-alive connection is kept.
  std::chrono::milliseconds idle_timeout{std::chrono::seconds(120)};
  /// Upper number of requests served at once; idle connections take none.
  std::size_t max_threads = 256;
  /// Most open connections; never more than three quarters of RLIMIT_NOFILE. For more, the connections that
  /// have been idle for longest are closed; where none is idle, clients wait in the listen backlog.
  std::size_t max_connections = 8192;
  /// Who the server is over TLS; none: plain HTTP.
  std::shared_ptr<const TlsIdentity> tls{};
};

/// One listening server. start(), once, and stop() from one thread; the handlers run on many. Making one sets
/// SIGPIPE to be ignored in the whole process, for cpp-httplib's constructor does.
class HttpEdge {
 public:
  /// A head that never became a Request (malformed, too large, framing that smells of smuggling). The handler
  /// makes S3's error document of it; the connection closes after that answer.
  struct BadHead {
    enum class Kind { malformed, too_large, missing_host, conflicting_framing, timeout } kind;
    std::string peer_address;
  };
  using BadHeadHandler = std::function<Response(const BadHead&)>;
  using ExchangeHandler = std::function<void(const Request&, const Response&, const Exchange&)>;

  struct Handlers {
    RequestHandler request;
    BadHeadHandler bad_head;
    ExchangeHandler exchange{};  ///< optional
    /// Optional: told what escaped from another handler, which is a bug. Without it one line goes to stderr.
    std::function<void(std::string_view what)> bug{};
  };

  HttpEdge(EdgeOptions options, Handlers handlers);
  ~HttpEdge();  ///< stops
  HttpEdge(const HttpEdge&) = delete;
  HttpEdge& operator=(const HttpEdge&) = delete;

  /// Binds and accepts. The error is one line fit for a person ("cannot listen on 127.0.0.1:9000: Address
  /// already in use").
  std::expected<void, std::string> start();
  std::uint16_t port() const;  ///< the real one, after start()

  /// Stops accepting, closes idle connections at once, lets requests in flight end for up to `grace`, then
  /// cuts their connections. Returns when the last handler has returned: one that waits for something else
  /// holds it up.
  void stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace partsmith::server
