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
#include "memory_budget.h"

namespace partsmith::server {

struct EdgeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  /// How long a connection may be silent inside a request or an answer, and how long a head may take, before
  /// it is answered or cut.
  std::chrono::milliseconds read_timeout{std::chrono::seconds(60)};
  /// How long an idle keep-alive connection is kept.
  std::chrono::milliseconds idle_timeout{std::chrono::seconds(120)};
  /// The slowest that a client may send a body or take an answer, in bytes per second, averaged over each
  /// window of time spent waiting for it. So a body of n bytes may keep the server waiting for `rate_window`
  /// + n / `least_rate`.
  std::uint64_t least_rate = 1024;
  std::chrono::milliseconds rate_window{std::chrono::seconds(30)};
  /// How long after an answer the rest of a body that nobody read may still come, whether the connection is
  /// kept or closed.
  std::chrono::milliseconds farewell{std::chrono::seconds(1)};
  /// Upper number of requests worked on at once; idle connections take none.
  std::size_t max_threads = 256;
  /// Further requests whose threads wait for slow clients. For more, the slowest are cut.
  std::size_t max_waiting = 1024;
  /// Most open connections; never more than three quarters of RLIMIT_NOFILE. For more, those are closed that
  /// have been idle, or in the middle of a head, for longest, then the slowest; where none is so, clients
  /// wait in the listen backlog.
  std::size_t max_connections = 8192;
  /// Who the server is over TLS; none: plain HTTP.
  std::shared_ptr<const TlsIdentity> tls{};
  /// For buffers, heads and answers; outlives the edge. None: memory has no bound.
  MemoryBudget* memory = nullptr;
};

/// One listening server. start(), once, and stop() from one thread; the handlers run on many. Making one sets
/// SIGPIPE to be ignored in the whole process, for cpp-httplib's constructor does.
class HttpEdge {
 public:
  /// A head that never became a Request (malformed, too large, framing that smells of smuggling). The handler
  /// makes S3's error document of it; the connection closes after that answer.
  struct BadHead {
    enum class Kind {
      malformed,
      too_large,
      missing_host,
      conflicting_framing,
      timeout,
      no_memory,   ///< the budget doesn't have it
      tls,         ///< a client spoke TLS to a plain port
      plain_text,  ///< a client spoke plain HTTP to a TLS port; the answer is sent so
    } kind;
    std::string peer_address;
  };
  using BadHeadHandler = std::function<Response(const BadHead&)>;

  struct Handlers {
    RequestHandler request;
    BadHeadHandler bad_head;
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
