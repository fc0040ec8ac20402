#include <atomic>
#include <mutex>

#include <partsmith/client/http_exchange.h>
#include <partsmith/gateway/s3_upstream.h>
#include <partsmith/protocol/sigv4.h>

#include "upstream_metrics.h"

namespace partsmith::gateway {
namespace {

namespace sigv4 = protocol::sigv4;
using client::ClientError;
using client::ErrorKind;
using client::HttpRequest;
using server::Upstream;
using server::UpstreamExchange;
using server::UpstreamFailure;
using server::UpstreamHead;
using server::UpstreamRequest;
using Kind = UpstreamFailure::Kind;
using SteadyClock = std::chrono::steady_clock;

/// A request that can't be sent again takes no connection that was idle for longer: servers close idle ones
/// after five seconds or more.
constexpr std::chrono::seconds freshest{2};
/// How long the upstream counts as reached, or as not, without being asked again.
constexpr std::chrono::seconds known_for{1};
constexpr std::chrono::seconds health_patience{2};
constexpr std::size_t most_idle_connections = 256;

UpstreamFailure failure_of(const ClientError& error) {
  switch (error.kind) {
    case ErrorKind::connect:
    case ErrorKind::tls:
      return {Kind::unreachable, error.detail};
    case ErrorKind::timeout:
      return {Kind::timeout, error.detail};
    case ErrorKind::malformed:
      return {Kind::malformed, error.detail};
    default:
      return {Kind::cut, error.detail};
  }
}

/// RFC 9110: whether doing it twice is the same as doing it once. Under a condition it isn't: the first may
/// have changed what the second is refused for.
bool can_be_done_twice(const UpstreamRequest& request) {
  for (const char* condition : {"if-match", "if-none-match"}) {
    if (request.method != "GET" && request.method != "HEAD" && request.headers.has(condition)) return false;
  }
  if (request.method == "POST") return request.query == "delete";
  return true;
}

class S3Upstream;

/// Ends its count when it goes.
class S3Exchange final : public UpstreamExchange {
 public:
  S3Exchange(S3Upstream& upstream, HttpRequest request, std::unique_ptr<client::HttpExchange> exchange,
             const UpstreamRequest& asked);
  ~S3Exchange() override;
  S3Exchange(const S3Exchange&) = delete;
  S3Exchange& operator=(const S3Exchange&) = delete;

  Result<bool> send(ByteView run) override;
  Result<void> end_body() override;
  Result<UpstreamHead> answer() override;
  Result<ByteView> read() override;
  Result<bool> send(BytePipe& from) override;
  bool passes_pipes() const override { return !in_chunks_ && exchange_->passes_pipes(); }
  Result<std::optional<std::size_t>> read(BytePipe& into, std::size_t most) override;
  bool is_ready() override { return exchange_->is_ready(); }

 private:
  template <typename T>
  Result<T> fail(const ClientError& error);

  S3Upstream& upstream_;
  HttpRequest request_;
  std::unique_ptr<client::HttpExchange> exchange_;
  const bool in_chunks_;
  const bool may_go_again_;
  const SteadyClock::time_point begun_ = SteadyClock::now();
};

class S3Upstream final : public Upstream {
 public:
  explicit S3Upstream(const S3UpstreamOptions& options)
      : connection_(options.connection), http_(http_options(options)), prober_(probe_options(options)) {}

  std::expected<std::unique_ptr<UpstreamExchange>, UpstreamFailure> begin(
      const UpstreamRequest& asked) override {
    HttpRequest request = prepare(asked);
    const bool may_go_again = asked.body && can_be_done_twice(asked);
    const client::ConnectionChoice choice{may_go_again ? std::chrono::milliseconds::max() : freshest};
    auto exchange = connect(request, choice);
    if (!exchange) {
      metrics_.failed(failure_of(exchange.error()).kind);
      return std::unexpected(failure_of(exchange.error()));
    }
    return std::make_unique<S3Exchange>(*this, std::move(request), *std::move(exchange), asked);
  }

  Health health() override {
    if (SteadyClock::now().time_since_epoch().count() < reached_until_) return {true, {}};
    const std::scoped_lock lock(probe_mutex_);
    if (SteadyClock::now() < probed_ + known_for) return probed_health_;
    const HttpRequest request{connection_.endpoint.origin(), "HEAD", "/", {}, {}};
    const auto answer = prober_.send(request);
    constexpr int least_of_servers = 502;  // 500 is somebody who answers
    if (!answer) {
      probed_health_ = {false, answer.error().detail};
    } else if (answer->status >= least_of_servers && answer->status <= 504) {
      probed_health_ = {false, "it answers " + std::to_string(answer->status)};
    } else {
      probed_health_ = {true, {}};
    }
    probed_ = SteadyClock::now();
    return probed_health_;
  }

  std::string url() const override { return connection_.endpoint.url(); }
  std::string metrics() const override { return metrics_.text(url()); }

  UpstreamMetrics& counts() { return metrics_; }

  /// Over a new connection, when it shows that a kept one is closed.
  std::expected<std::unique_ptr<client::HttpExchange>, ClientError> connect(const HttpRequest& request,
                                                                            client::ConnectionChoice choice) {
    auto exchange = http_.begin(request, choice);
    if (!exchange && exchange.error().kind == ErrorKind::cut && choice.most_idle.count() > 0) {
      metrics_.sent_again();
      exchange = http_.begin(request, {std::chrono::milliseconds(0)});
    }
    if (!exchange) return exchange;
    (*exchange)->was_kept() ? metrics_.connection_reused() : metrics_.connection_opened();
    return exchange;
  }

  void was_reached() { reached_until_ = (SteadyClock::now() + known_for).time_since_epoch().count(); }

 private:
  static client::HttpOptions http_options(const S3UpstreamOptions& options) {
    client::HttpOptions http = options.connection.options.http;
    http.connect_timeout = options.connect_timeout;
    http.idle_timeout = options.silence_timeout;
    http.max_idle_connections = most_idle_connections;
    return http;
  }
  static client::HttpOptions probe_options(const S3UpstreamOptions& options) {
    client::HttpOptions http = options.connection.options.http;
    http.connect_timeout = http.idle_timeout = http.total_timeout = health_patience;
    return http;
  }

  /// Signed as it is to be sent.
  HttpRequest prepare(const UpstreamRequest& asked) const {
    const auto place = connection_.endpoint.place(asked.bucket, asked.key);
    HttpRequest request{place.origin, asked.method, place.path, {}, {}};
    if (!asked.query.empty()) request.target += '?' + asked.query;
    request.headers.add("Host", place.origin.authority());
    for (const auto& [name, value] : asked.headers) request.headers.add(name, value);
    const auto& keys = connection_.options.credentials;
    if (!asked.payload_hash.empty() && !keys.access_key.empty()) {
      sigv4::sign(request.headers, request.method, request.target, asked.payload_hash, keys,
                  connection_.options.region, clock_.now());
    }
    if (asked.body) {
      request.body = *asked.body;
      // Of other methods and empty bodies, head_text() knows what is wanted.
      if (!asked.body->empty()) request.headers.add("Content-Length", std::to_string(asked.body->size()));
    } else if (asked.length) {
      request.headers.add("Content-Length", std::to_string(*asked.length));
    } else {
      request.headers.add("Transfer-Encoding", "chunked");
    }
    if (!asked.body && asked.asks_first) request.headers.add("Expect", "100-continue");
    return request;
  }

  const client::S3Connection connection_;
  const SystemClock clock_;
  client::ExchangeClient http_;
  client::HttpClient prober_;
  UpstreamMetrics metrics_;
  std::atomic<SteadyClock::rep> reached_until_ = 0;
  std::mutex probe_mutex_;
  SteadyClock::time_point probed_ = {};  ///< guarded by probe_mutex_, as is what it found
  Health probed_health_ = {};
};

S3Exchange::S3Exchange(S3Upstream& upstream, HttpRequest request,
                       std::unique_ptr<client::HttpExchange> exchange, const UpstreamRequest& asked)
    : upstream_(upstream),
      request_(std::move(request)),
      exchange_(std::move(exchange)),
      in_chunks_(!asked.body && !asked.length),
      may_go_again_(asked.body && can_be_done_twice(asked)) {
  upstream_.counts().begun();
  if (asked.body) exchange_->end_request();
}

S3Exchange::~S3Exchange() {
  upstream_.counts().ended();
}

template <typename T>
UpstreamExchange::Result<T> S3Exchange::fail(const ClientError& error) {
  upstream_.counts().failed(failure_of(error).kind);
  return std::unexpected(failure_of(error));
}

UpstreamExchange::Result<bool> S3Exchange::send(ByteView run) {
  if (run.empty()) return true;
  std::expected<bool, ClientError> sent = true;
  if (in_chunks_) {
    char size[24];
    const int count = std::snprintf(size, sizeof size, "%zx\r\n", run.size());
    sent = exchange_->send(as_bytes({size, static_cast<std::size_t>(count)}));
  }
  if (sent && *sent) sent = exchange_->send(run);
  if (in_chunks_ && sent && *sent) sent = exchange_->send(as_bytes("\r\n"));
  if (!sent) return std::unexpected(failure_of(sent.error()));  // counted when there is no answer either
  return *sent;
}

UpstreamExchange::Result<bool> S3Exchange::send(BytePipe& from) {
  auto sent = exchange_->send(from);
  if (!sent) return std::unexpected(failure_of(sent.error()));
  return *sent;
}

UpstreamExchange::Result<void> S3Exchange::end_body() {
  exchange_->end_request();
  if (!in_chunks_) return {};
  if (auto sent = exchange_->send(as_bytes("0\r\n\r\n")); !sent)
    return std::unexpected(failure_of(sent.error()));
  return {};
}

UpstreamExchange::Result<UpstreamHead> S3Exchange::answer() {
  auto head = exchange_->answer();
  if (!head && head.error().kind == ErrorKind::cut && may_go_again_ && exchange_->may_be_stale()) {
    upstream_.counts().sent_again();
    auto again = upstream_.connect(request_, {std::chrono::milliseconds(0)});
    if (!again) return fail<UpstreamHead>(again.error());
    exchange_ = *std::move(again);
    exchange_->end_request();
    head = exchange_->answer();
  }
  if (!head) return fail<UpstreamHead>(head.error());
  upstream_.counts().answered(head->status, SteadyClock::now() - begun_);
  upstream_.was_reached();
  return UpstreamHead{head->status, std::move(head->headers), head->length};
}

UpstreamExchange::Result<ByteView> S3Exchange::read() {
  auto run = exchange_->read();
  if (!run) return fail<ByteView>(run.error());
  return *run;
}

UpstreamExchange::Result<std::optional<std::size_t>> S3Exchange::read(BytePipe& into, std::size_t most) {
  auto count = exchange_->read(into, most);
  if (!count) return fail<std::optional<std::size_t>>(count.error());
  return *count;
}

}  // namespace

std::shared_ptr<Upstream> open_upstream(const S3UpstreamOptions& options) {
  return std::make_shared<S3Upstream>(options);
}

}  // namespace partsmith::gateway
