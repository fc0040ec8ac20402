#include "http/conversation.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <utility>

#include "http/answer.h"

namespace partsmith::server {
namespace {

/// Reading so little further is cheaper than a new connection, for both sides.
constexpr std::uint64_t longest_drain = 64 * 1024;

/// Empty lines before a request line are skipped (RFC 9112, 2.2).
void skip_empty_lines(Connection& connection) {
  while (connection.buffered().starts_with("\r\n")) {
    connection.consume(2);
    connection.head_scanner.restart();
  }
}

bool asks_to_close(const Response& response) {
  return response.close_connection ||
         protocol::equal_ignoring_case(response.headers.value("Connection"), "close");
}

}  // namespace

Conversation::Next Conversation::go_on(Connection& connection) const {
  try {
    return serve_arrived(connection);
  } catch (const std::exception& bug) {
    report(bug.what());
  } catch (...) {
    report("an exception of no known type");
  }
  return Next::close;
}

Conversation::Next Conversation::serve_arrived(Connection& connection) const {
  while (!stopping_) {
    skip_empty_lines(connection);
    const auto length = connection.head_scanner.scan(connection.buffered());
    if (!length) return refuse(connection, length.error());
    if (*length) {
      const std::uint64_t begun_at = connection.consumed();
      auto head = parse_head(connection.buffered().substr(0, **length));
      connection.head_scanner.restart();
      connection.head_started.reset();
      if (!head) return refuse(connection, head.error());
      connection.consume(**length);
      if (serve(connection, std::move(*head), begun_at) == Next::close) return Next::close;
      continue;
    }

    const std::size_t arrived = connection.buffered().size();
    const Input input = connection.receive(arrived < Connection::head_buffer ? Connection::head_buffer
                                                                             : Connection::body_buffer);
    const auto now = Connection::Clock::now();
    const bool in_head = !connection.buffered().empty() || connection.shaking_hands();
    if (in_head && !connection.head_started) connection.head_started = now;
    if (!in_head) connection.head_started.reset();  // hands were shaken, and the head has yet to begin
    if (input == Input::nothing_yet) {
      const bool late = in_head && now >= *connection.head_started + options_.read_timeout;
      if (late && connection.shaking_hands()) return Next::close;  // nothing can be said yet
      return late ? refuse(connection, HeadFault::timeout) : Next::wait;
    }
    if (input != Input::received) return Next::close;
  }
  return Next::close;
}

Conversation::Next Conversation::refuse(Connection& connection, HeadFault fault) const {
  const Response response = handlers_.bad_head({fault, connection.peer_address()});
  if (!write_answer(connection, response, AnswerForm{.close = true}, options_.read_timeout).cut)
    connection.linger_before_close(stopping_);
  return Next::close;
}

Conversation::Next Conversation::serve(Connection& connection, Head head, std::uint64_t begun_at) const {
  ConnectionBody body(connection, head, options_.read_timeout);
  Request request;
  request.method = std::move(head.method);
  request.target = std::move(head.target);
  request.headers = std::move(head.headers);
  request.peer_address = connection.peer_address();
  request.peer_port = connection.peer_port();
  request.secure = connection.secure();
  request.body = &body;

  const Response response = handlers_.request(request);

  const auto remainder = body.remainder();
  const bool drainable = remainder && *remainder <= longest_drain;
  const AnswerForm form{.without_body = request.method == "HEAD",
                        .close = !head.keep_alive || !drainable || asks_to_close(response) || stopping_,
                        .http_1_0 = head.http_1_0};
  const Written written = write_answer(connection, response, form, options_.read_timeout);
  if (handlers_.exchange)
    handlers_.exchange(request, response, {connection.consumed() - begun_at, written.bytes, written.cut});

  if (written.bug) std::rethrow_exception(written.bug);
  if (written.cut) return Next::close;
  if (form.close) {
    if (remainder != 0U || connection.has_unread()) connection.linger_before_close(stopping_);
    return Next::close;
  }
  return body.drain() ? Next::wait : Next::close;
}

void Conversation::report(std::string_view bug) const {
  if (handlers_.bug) {
    handlers_.bug(bug);
  } else {
    fmt::print(stderr, "partsmith: a request handler failed, its connection was cut: {}\n", bug);
  }
}

}  // namespace partsmith::server
