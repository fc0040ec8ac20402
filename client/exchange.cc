#include "exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <stop_token>

namespace partsmith::client {
namespace {

constexpr std::size_t piece_size = 256 * 1024;

class Exchange {
 public:
  Exchange(Connection& connection, const HttpRequest& request, const HttpClient::Sink* sink,
           const HttpOptions& options)
      : wire_(*connection.wire),
        reader_(connection.reader),
        request_(request),
        sink_(sink),
        options_(options),
        patience_{options.idle_timeout, options.total_timeout.count() > 0
                                            ? std::chrono::steady_clock::now() + options.total_timeout
                                            : Instant::max()} {}

  std::expected<Exchanged, ClientError> run() {
    if (auto sent = send_request(); !sent) {
      // A server that refuses a body may answer and close before it is sent: that answer counts.
      if (sent.error().kind != ErrorKind::cut) return std::unexpected(std::move(sent.error()));
      auto answered = read_answer();
      if (!answered) return std::unexpected(std::move(sent.error()));
      answered->reusable = false;
      return answered;
    }
    return read_answer();
  }

 private:
  std::expected<void, ClientError> send_request() {
    const auto head = head_text(request_);
    const auto head_sent = send(as_bytes(head));
    if (!head_sent) return std::unexpected(head_sent.error());
    const bool asks_first = protocol::equal_ignoring_case(request_.headers.value("expect"), "100-continue");
    if (*head_sent && asks_first) await_permission();
    if (!*head_sent || wire_.has_input()) {
      unsent_ = request_.body.length() > 0;
      return {};
    }
    return send_body();
  }

  /// Waits for something to come, as long as S3 clients do; an interim answer is taken, any other ends the
  /// sending.
  void await_permission() {
    const auto limit = std::chrono::steady_clock::now() + options_.continue_wait;
    auto head = reader_.read_head({options_.continue_wait, limit});
    if (head && head->status >= 200) early_head_ = *std::move(head);
  }

  std::expected<void, ClientError> send_body() {
    if (early_head_) {
      unsent_ = true;
      return {};
    }
    const auto pull = request_.body.open();
    Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(piece_size, request_.body.length())));
    for (auto left = request_.body.length(); left > 0;) {
      const auto got = pull(
          std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()))));
      if (!got) return std::unexpected(ClientError(ErrorKind::source, got.error()));
      if (*got == 0) {
        return std::unexpected(ClientError(
            ErrorKind::source, fmt::format("the body ended {} bytes before its stated length", left)));
      }
      const auto sent = send(ByteView(buffer).first(*got));
      if (!sent) return std::unexpected(sent.error());
      left -= *got;
      if (!*sent || (left > 0 && wire_.has_input())) {
        unsent_ = true;
        return {};
      }
    }
    return {};
  }

  /// False when an answer came before all was sent.
  std::expected<bool, ClientError> send(ByteView bytes) {
    while (!bytes.empty()) {
      const auto count = wire_.write(bytes, patience_.deadline());
      if (!count) return std::unexpected(count.error());
      if (*count == 0) return false;
      bytes = bytes.subspan(*count);
    }
    return true;
  }

  std::expected<AnswerReader::Head, ClientError> final_head() {
    if (early_head_) return *std::move(early_head_);
    while (true) {
      auto head = reader_.read_head(patience_);
      if (!head || head->status >= 200) return head;
    }
  }

  std::expected<Exchanged, ClientError> read_answer() {
    auto head = final_head();
    if (!head) return std::unexpected(head.error());
    Exchanged result;
    HttpAnswer& answer = result.answer;
    bool too_large = false;
    const auto max_body = request_.max_body.value_or(options_.max_body);
    const bool to_sink = sink_ != nullptr && head->status < 300;
    const HttpClient::Sink receive = [&](ByteView bytes) {
      answer.body_length += bytes.size();
      if (to_sink) return (*sink_)(bytes);
      too_large = answer.body_length > max_body;
      if (!too_large) answer.body += as_text(bytes);
      return !too_large;
    };
    auto read = reader_.read_body(*head, request_.method == "HEAD", receive, patience_);
    if (too_large) {
      return std::unexpected(
          ClientError(ErrorKind::too_large, fmt::format("the answer has more than {} bytes", max_body)));
    }
    if (!read) return std::unexpected(std::move(read.error()));
    answer.status = head->status;
    answer.reason = std::move(head->reason);
    if (request_.method == "HEAD") answer.excess = reader_.excess(head_watch(*head));
    // What came unasked would be taken for the next answer.
    result.reusable = head->keeps_alive() && !unsent_ && !reader_.ended_by_close() && answer.excess == 0;
    answer.headers = std::move(head->headers);
    return result;
  }

  /// A body that a head announces may come a little later than the head.
  std::chrono::milliseconds head_watch(const AnswerReader::Head& head) const {
    const auto length = head.headers.value("content-length");
    const bool announces = head.headers.has("transfer-encoding") || (!length.empty() && length != "0");
    return announces ? options_.head_watch : std::chrono::milliseconds(0);
  }

  Wire& wire_;
  AnswerReader& reader_;
  const HttpRequest& request_;
  const HttpClient::Sink* sink_;
  const HttpOptions& options_;
  Patience patience_;
  std::optional<AnswerReader::Head> early_head_;
  bool unsent_ = false;  ///< part of the body: the server would take the next request for it
};

}  // namespace

std::expected<Exchanged, ClientError> exchange(Connection& connection, const HttpRequest& request,
                                               const HttpClient::Sink* sink, const HttpOptions& options) {
  const std::stop_callback interrupt(request.stop, [&connection] { connection.wire->interrupt(); });
  auto exchanged = Exchange(connection, request, sink, options).run();
  if (!exchanged && request.stop.stop_requested())
    return std::unexpected(ClientError(ErrorKind::stopped, "stopped"));
  return exchanged;
}

}  // namespace partsmith::client
