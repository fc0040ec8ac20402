#include <fmt/format.h>

#include <partsmith/client/raw_connection.h>

#include "connection_pool.h"

namespace partsmith::client {

struct RawConnection::State {
  State(std::unique_ptr<Wire> wire, const HttpOptions& http_options)
      : connection(std::move(wire)),
        options(http_options),
        end(http_options.total_timeout.count() > 0
                ? std::chrono::steady_clock::now() + http_options.total_timeout
                : Instant::max()) {}

  Patience patience() const { return {options.idle_timeout, end}; }

  Connection connection;
  HttpOptions options;
  Instant end;
};

std::expected<RawConnection, ClientError> RawConnection::open(const Origin& origin,
                                                              const HttpOptions& options) {
  const auto deadline = std::chrono::steady_clock::now() + options.connect_timeout;
  WireResult wire;
  if (origin.tls) {
    const auto context = make_tls_context(options);
    if (!context) return std::unexpected(context.error());
    wire = connect_tls(origin, **context, deadline);
  } else {
    wire = connect_tcp(origin, deadline);
  }
  if (!wire) return std::unexpected(wire.error());
  return RawConnection(std::make_unique<State>(*std::move(wire), options));
}

RawConnection::RawConnection(std::unique_ptr<State> state) : state_(std::move(state)) {}
RawConnection::~RawConnection() = default;
RawConnection::RawConnection(RawConnection&&) noexcept = default;
RawConnection& RawConnection::operator=(RawConnection&&) noexcept = default;

std::expected<void, ClientError> RawConnection::send(std::string_view bytes) {
  auto rest = as_bytes(bytes);
  while (!rest.empty()) {
    const auto count = state_->connection.wire->write(rest, state_->patience().deadline());
    if (!count) return std::unexpected(count.error());
    if (*count == 0) {
      return std::unexpected(ClientError(ErrorKind::cut, "an answer came before all was sent"));
    }
    rest = rest.subspan(*count);
  }
  return {};
}

std::expected<HttpAnswer, ClientError> RawConnection::read_answer(
    bool to_head, std::optional<std::chrono::milliseconds> patience) {
  AnswerReader& reader = state_->connection.reader;
  const Patience given = patience ? Patience{*patience, Instant::max()} : state_->patience();
  auto head = reader.read_head(given);
  if (!head) return std::unexpected(head.error());
  HttpAnswer answer;
  bool too_large = false;
  const auto read = reader.read_body(
      *head, to_head,
      [&](ByteView bytes) {
        too_large = answer.body.size() + bytes.size() > state_->options.max_body;
        if (!too_large) answer.body += as_text(bytes);
        return !too_large;
      },
      given);
  if (too_large)
    return std::unexpected(ClientError(
        ErrorKind::too_large, fmt::format("the answer has more than {} bytes", state_->options.max_body)));
  if (!read) return std::unexpected(read.error());
  answer.status = head->status;
  answer.reason = std::move(head->reason);
  answer.headers = std::move(head->headers);
  answer.body_length = answer.body.size();
  return answer;
}

std::expected<RawConnection::Rest, ClientError> RawConnection::read_to_end() {
  Rest rest;
  const auto closed = state_->connection.reader.read_to_end(rest.bytes, state_->patience());
  if (!closed) return std::unexpected(closed.error());
  rest.closed = *closed;
  return rest;
}

void RawConnection::half_close() {
  state_->connection.wire->half_close();
}

void RawConnection::reset() {
  state_->connection.wire->reset();
}

}  // namespace partsmith::client
