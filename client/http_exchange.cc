#include <partsmith/client/http_exchange.h>

#include "connection_pool.h"
#include "connector.h"

namespace partsmith::client {
namespace {

class PooledExchange final : public HttpExchange {
 public:
  /// Pool and options outlive it. `kept`: the connection had carried a request before.
  PooledExchange(ConnectionPool& pool, const HttpOptions& options, std::unique_ptr<Connection> connection,
                 bool kept, const HttpRequest& request)
      : pool_(pool),
        options_(options),
        connection_(std::move(connection)),
        kept_(kept),
        origin_(request.origin),
        to_head_(request.method == "HEAD") {}

  ~PooledExchange() override {
    if (has_head_ && !failed_ && request_ended_ && keeps_alive_ && reader().at_end() &&
        !reader().ended_by_close())
      pool_.give_back(origin_, std::move(connection_));
  }

  std::expected<void, ClientError> begin(const HttpRequest& request) {
    std::string first = head_text(request);
    const bool asks_first = protocol::equal_ignoring_case(request.headers.value("expect"), "100-continue");
    if (!asks_first) first += *request.body.text();
    if (auto sent = send(as_bytes(first)); !sent) return std::unexpected(std::move(sent.error()));
    if (asks_first) await_permission();
    return {};
  }

  std::expected<bool, ClientError> send(ByteView bytes) override {
    while (!bytes.empty()) {
      if (early_head_) return false;
      const auto count = connection_->wire->write(bytes, patience().deadline());
      if (!count) return fail(count.error());
      if (*count == 0) return false;
      bytes = bytes.subspan(*count);
    }
    return true;
  }

  std::expected<bool, ClientError> send(BytePipe& from) override {
    while (from.held() > 0) {
      if (early_head_) return false;
      const auto count = connection_->wire->piped()->write(from, patience().deadline());
      if (!count) return fail(count.error());
      if (*count == 0) return false;
    }
    return true;
  }
  bool passes_pipes() const override { return connection_->wire->piped() != nullptr; }

  void end_request() override { request_ended_ = true; }

  std::expected<Head, ClientError> answer() override {
    auto head = final_head();
    if (!head) return fail(std::move(head.error()));
    if (auto begun = reader().begin_body(*head, to_head_); !begun) return fail(std::move(begun.error()));
    has_head_ = true;
    keeps_alive_ = head->keeps_alive();
    Head told{head->status, {}, reader().body_length()};
    told.headers = std::move(head->headers);
    return told;
  }

  std::expected<ByteView, ClientError> read() override {
    auto run = reader().next_run(patience());
    failed_ = failed_ || !run;
    return run;
  }

  std::expected<std::optional<std::size_t>, ClientError> read(BytePipe& into, std::size_t most) override {
    auto count = reader().next_run(into, most, patience());
    failed_ = failed_ || !count;
    return count;
  }

  bool is_ready() override {
    return early_head_ || reader().has_buffered() || connection_->wire->has_input();
  }
  bool may_be_stale() const override { return kept_ && !connection_->reader.has_begun(); }
  bool was_kept() const override { return kept_; }

 private:
  AnswerReader& reader() { return connection_->reader; }
  Patience patience() const { return {options_.idle_timeout, Instant::max()}; }
  std::unexpected<ClientError> fail(ClientError error) {
    failed_ = true;
    return std::unexpected(std::move(error));
  }

  /// As long as S3 clients wait; an interim answer is taken, any other ends the sending.
  void await_permission() {
    const auto limit = std::chrono::steady_clock::now() + options_.continue_wait;
    auto head = reader().read_head({options_.continue_wait, limit});
    if (head && head->status >= 200) early_head_ = *std::move(head);
  }

  std::expected<AnswerReader::Head, ClientError> final_head() {
    if (early_head_) return *std::move(early_head_);
    while (true) {
      auto head = reader().read_head(patience());
      if (!head || head->status >= 200) return head;
    }
  }

  ConnectionPool& pool_;
  const HttpOptions& options_;
  std::unique_ptr<Connection> connection_;
  const bool kept_;
  const Origin origin_;
  const bool to_head_;
  std::optional<AnswerReader::Head> early_head_;
  bool request_ended_ = false;
  bool has_head_ = false;
  bool keeps_alive_ = false;
  bool failed_ = false;
};

}  // namespace

class ExchangeClient::Impl {
 public:
  explicit Impl(HttpOptions options) : options_(std::move(options)), pool_(options_), connector_(options_) {}

  std::expected<std::unique_ptr<HttpExchange>, ClientError> begin(const HttpRequest& request,
                                                                  ConnectionChoice choice) {
    auto connection = choice.most_idle.count() > 0 ? pool_.take(request.origin, choice.most_idle) : nullptr;
    const bool kept = connection != nullptr;
    if (kept) {
      connection->reader.begin_answer();
    } else {
      auto wire = connector_.connect(request.origin);
      if (!wire) return std::unexpected(std::move(wire.error()));
      connection = std::make_unique<Connection>(*std::move(wire));
    }
    auto exchange = std::make_unique<PooledExchange>(pool_, options_, std::move(connection), kept, request);
    if (auto begun = exchange->begin(request); !begun) return std::unexpected(std::move(begun.error()));
    return exchange;
  }

 private:
  HttpOptions options_;
  ConnectionPool pool_;
  Connector connector_;
};

ExchangeClient::ExchangeClient(HttpOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
ExchangeClient::~ExchangeClient() = default;

std::expected<std::unique_ptr<HttpExchange>, ClientError> ExchangeClient::begin(const HttpRequest& request,
                                                                                ConnectionChoice choice) {
  return impl_->begin(request, choice);
}

}  // namespace partsmith::client
