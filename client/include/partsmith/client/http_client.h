#pragma once
/// One request, one answer, over HTTP/1.1: own, because a conformance harness must send exactly the target,
/// header order and framing it means to, which no packaged library promises. Redirects are not followed,
/// nothing is decompressed, nothing re-encoded.

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <partsmith/client/body.h>
#include <partsmith/client/endpoint.h>
#include <partsmith/client/error.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/values/encoding.h>

namespace partsmith::client {

struct HttpRequest {
  Origin origin;
  std::string method;
  std::string target;         ///< as on the wire
  protocol::Headers headers;  ///< in this order; Host comes first and Content-Length last when not given here
  Body body;
  std::stop_token stop = {};  ///< ends the exchange wherever it is, as an error of kind stopped
  std::optional<std::uint64_t> max_body = {};  ///< of the answer held in memory; none: the client's
};

struct HttpAnswer {
  int status = 0;
  std::string reason;
  protocol::Headers headers;
  std::string body;               ///< empty when it went to a sink
  std::uint64_t body_length = 0;  ///< as received
  /// How many bytes came after the answer to HEAD, which has no body (RFC 9110, 9.3.2).
  std::uint64_t excess = 0;
};

struct HttpOptions {
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);  ///< without a byte moving
  std::chrono::milliseconds total_timeout{0};                         ///< of request and answer; 0: none
  std::chrono::milliseconds continue_wait =
      std::chrono::seconds(1);  ///< for an answer to Expect: 100-continue
  /// How long an answer to HEAD that announces a body is watched for one, which must not come.
  std::chrono::milliseconds head_watch{0};
  std::chrono::milliseconds keep_alive =
      std::chrono::seconds(15);  ///< an idle connection older than this is closed
  std::size_t max_idle_connections = 32;
  std::uint64_t max_body = std::uint64_t{256} << 20;  ///< of an answer held in memory
  std::string ca_file = {};                           ///< PEM; empty: the system's
  bool verify_tls = true;
};

/// Safe from any thread; connections are kept for the next request.
class HttpClient {
 public:
  /// Receives the answer's body piece by piece; false stops.
  using Sink = std::function<bool(ByteView)>;

  explicit HttpClient(HttpOptions options = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Any status is an answer; the error is that there was none. An idempotent request with a repeatable body
  /// that a kept connection lost before any byte of answer came is sent again, once, over a new one.
  std::expected<HttpAnswer, ClientError> send(const HttpRequest& request);
  /// The body of a 2xx answer goes to the sink; of any other, into the answer.
  std::expected<HttpAnswer, ClientError> send(const HttpRequest& request, const Sink& sink);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The request's first lines as they go on the wire, with the empty line.
std::string head_text(const HttpRequest& request);

}  // namespace partsmith::client
