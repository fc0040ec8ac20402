#include <fmt/format.h>

#include <partsmith/client/http_client.h>

#include "connection_pool.h"
#include "connector.h"
#include "exchange.h"

namespace partsmith::client {
namespace {

/// RFC 9110: whether doing it twice is the same as doing it once.
bool idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

}  // namespace

class HttpClient::Impl {
 public:
  explicit Impl(HttpOptions options) : options_(std::move(options)), pool_(options_), connector_(options_) {}

  std::expected<HttpAnswer, ClientError> send(const HttpRequest& request, const Sink* sink) {
    std::optional<ClientError> after_sending;
    if (auto kept = pool_.take(request.origin)) {
      kept->reader.begin_answer();
      auto exchanged = exchange(*kept, request, sink, options_);
      // The server may have closed the kept connection at the moment the request went out.
      const bool lost = !exchanged && exchanged.error().kind == ErrorKind::cut && !kept->reader.has_begun();
      const bool again = lost && idempotent(request.method) && request.body.repeatable();
      if (!again) return finish(std::move(exchanged), request.origin, std::move(kept));
      after_sending = std::move(exchanged.error());
    }
    auto wire = connector_.connect(request.origin);
    // Whoever has gone now may have fallen over the request.
    if (!wire) return std::unexpected(after_sending.value_or(std::move(wire.error())));
    auto connection = std::make_unique<Connection>(*std::move(wire));
    auto exchanged = exchange(*connection, request, sink, options_);
    return finish(std::move(exchanged), request.origin, std::move(connection));
  }

 private:
  std::expected<HttpAnswer, ClientError> finish(std::expected<Exchanged, ClientError> exchanged,
                                                const Origin& origin,
                                                std::unique_ptr<Connection> connection) {
    if (!exchanged) return std::unexpected(std::move(exchanged.error()));
    if (exchanged->reusable) pool_.give_back(origin, std::move(connection));
    return std::move(exchanged->answer);
  }

  HttpOptions options_;
  ConnectionPool pool_;
  Connector connector_;
};

HttpClient::HttpClient(HttpOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;

std::expected<HttpAnswer, ClientError> HttpClient::send(const HttpRequest& request) {
  return impl_->send(request, nullptr);
}

std::expected<HttpAnswer, ClientError> HttpClient::send(const HttpRequest& request, const Sink& sink) {
  return impl_->send(request, &sink);
}

std::string head_text(const HttpRequest& request) {
  auto text = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  const auto add = [&text](std::string_view name, std::string_view value) {
    text += fmt::format("{}: {}\r\n", name, value);
  };
  if (!request.headers.has("host")) add("Host", request.origin.authority());
  for (const auto& [name, value] : request.headers) add(name, value);
  const bool carries_body = request.body.length() > 0 || request.method == "PUT" || request.method == "POST";
  if (carries_body && !request.headers.has("content-length") && !request.headers.has("transfer-encoding")) {
    add("Content-Length", std::to_string(request.body.length()));
  }
  return text + "\r\n";
}

}  // namespace partsmith::client
