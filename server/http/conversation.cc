#include "http/conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "http/answer.h"

namespace partsmith::server {
namespace {

/// Reading so little further is cheaper than a new connection, for both sides.
constexpr std::uint64_t longest_skip = 64 * 1024;
/// Heads and answers that take no more aren't counted: they are as many as requests that run.
constexpr std::size_t uncounted_memory = std::size_t{64} * 1024;

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

/// What is sent in the place of an answer that can't be. Its owner hears of the end all the same.
Response instead_of(const Response& response, AnswerFault why, std::string_view what = {}) {
  Response other;
  if (response.owner) {
    other = response.owner->instead(why, what);
  } else {
    other.status = why == AnswerFault::bug ? 500 : 503;
    other.close_connection = true;
  }
  other.owner = response.owner;
  return other;
}

void tell_owner(const Response& response, const Exchange& exchange) {
  if (response.owner) response.owner->sent(exchange);
}

std::string what_of(const std::exception_ptr& bug) {
  try {
    std::rethrow_exception(bug);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "an exception of no known type";
  }
}

std::size_t text_size(const Response& response) {
  const auto* text = std::get_if<std::string>(&response.body);
  return text == nullptr ? 0 : text->size();
}

}  // namespace

Conversation::Next Conversation::go_on(Connection& connection) const {
  try {
    if (connection.lingering()) return !stopping_ && connection.linger() ? Next::wait : Next::close;
    return serve_arrived(connection);
  } catch (...) {
    report(std::current_exception());
  }
  return Next::close;
}

Conversation::Next Conversation::serve_arrived(Connection& connection) const {
  while (!stopping_) {
    if (connection.to_skip > 0) {
      if (skip(connection) == Next::close) return Next::close;
      if (connection.to_skip > 0) return Next::wait;
    }
    skip_empty_lines(connection);
    const auto length = connection.head_scanner.scan(connection.buffered());
    if (!length) return refuse(connection, length.error());
    if (*length) {
      const std::uint64_t begun_at = connection.consumed();
      const std::string_view text = connection.buffered().substr(0, **length);
      const std::size_t size = memory_of(text);
      const auto held = memory_.reserve(size > uncounted_memory ? size : 0);
      auto head = held ? parse_head(text) : std::unexpected(HeadFault::no_memory);
      connection.head_scanner.restart();
      connection.head_started.reset();
      if (!head) return refuse(connection, head.error());
      connection.consume(**length);
      if (serve(connection, std::move(*head), begun_at) == Next::close) return Next::close;
      if (connection.lingering()) return Next::wait;
      continue;
    }
    const bool more_than_most = connection.buffered().size() >= Connection::head_buffer;
    const Input input =
        connection.receive(more_than_most ? Connection::longest_head_buffer : Connection::head_buffer);
    if (input == Input::plain_text) return refuse(connection, HeadFault::plain_text);
    if (input == Input::no_memory) return refuse(connection, HeadFault::no_memory);
    const bool in_head = !connection.buffered().empty() || connection.shaking_hands();
    if (in_head && !connection.head_started) connection.head_started = Connection::Clock::now();
    if (!in_head) connection.head_started.reset();  // hands were shaken, and the head has yet to begin
    if (input == Input::nothing_yet) return late_or_waiting(connection);
    if (input != Input::received) return Next::close;
  }
  return Next::close;
}

/// For the rest of a head, or for one to begin.
Conversation::Next Conversation::late_or_waiting(Connection& connection) const {
  if (!connection.head_started || Connection::Clock::now() < *connection.head_started + options_.read_timeout)
    return Next::wait;
  if (connection.shaking_hands()) return Next::close;  // nothing can be said yet
  return refuse(connection, HeadFault::timeout);
}

/// What came of a body that nobody wants. All of it has come when nothing is left to skip.
Conversation::Next Conversation::skip(Connection& connection) {
  while (true) {
    const auto here = std::min<std::uint64_t>(connection.to_skip, connection.buffered().size());
    connection.consume(static_cast<std::size_t>(here));
    connection.to_skip -= here;
    if (connection.to_skip == 0) {
      connection.closes_at.reset();
      return Next::wait;
    }
    const Input input = connection.receive(Connection::head_buffer);
    if (input == Input::nothing_yet) return Next::wait;
    if (input != Input::received) return Next::close;
  }
}

Conversation::Next Conversation::refuse(Connection& connection, HeadFault fault) const {
  const HttpEdge::BadHead bad{fault, connection.peer_address()};
  const Response response = handlers_.bad_head(bad);
  const Written written = write_answer(connection, response, AnswerForm{.close = true}, terms(), memory_);
  tell_owner(response, {connection.buffered().size(), written.bytes, written.cut});
  if (written.bug) report(written.bug);
  return written.cut ? Next::close : linger(connection);
}

Conversation::Next Conversation::serve(Connection& connection, Head head, std::uint64_t begun_at) const {
  ConnectionBody body(connection, head, terms());
  Request request;
  request.method = std::move(head.method);
  request.target = std::move(head.target);
  request.headers = std::move(head.headers);
  request.peer_address = connection.peer_address();
  request.peer_port = connection.peer_port();
  request.secure = connection.secure();
  request.body = &body;
  request.place = &place_;

  const bool without_body = request.method == "HEAD";
  Response response = response_to(request);
  std::optional<MemoryBudget::Reservation> held;
  if (const std::size_t size = text_size(response); size > uncounted_memory) {
    held = memory_.reserve(size);
    if (!held) response = instead_of(response, AnswerFault::no_memory);
  }

  const auto remainder = body.remainder();
  AnswerForm form{.without_body = without_body,
                  .close = !head.keep_alive || !remainder || *remainder > longest_skip ||
                           asks_to_close(response) || stopping_,
                  .http_1_0 = head.http_1_0};
  Written written = write_answer(connection, response, form, terms(), memory_);
  if (written.bug) {
    report(written.bug);
    if (written.bytes == 0) {
      response = instead_of(response, AnswerFault::bug, what_of(written.bug));
      form.close = true;
      written = write_answer(connection, response, form, terms(), memory_);
    }
  }
  tell_owner(response, {connection.consumed() - begun_at, written.bytes, written.cut});

  if (written.cut) return Next::close;
  if (form.close) return remainder != 0U || connection.has_unread() ? linger(connection) : Next::close;
  if (*remainder > 0) {
    connection.to_skip = *remainder;
    connection.closes_at = Connection::Clock::now() + options_.farewell;
  }
  return Next::wait;
}

Response Conversation::response_to(Request& request) const {
  try {
    return handlers_.request(request);
  } catch (...) {
    report(std::current_exception());
  }
  return {.status = 500, .close_connection = true};  // nobody knows how much of the body was read
}

Conversation::Next Conversation::linger(Connection& connection) const {
  connection.begin_lingering(Connection::Clock::now() + options_.farewell);
  return !stopping_ && connection.linger() ? Next::wait : Next::close;
}

void Conversation::report(const std::exception_ptr& bug) const {
  const std::string what = what_of(bug);
  if (handlers_.bug) {
    handlers_.bug(what);
  } else {
    fmt::print(stderr, "partsmith: a request handler failed: {}\n", what);
  }
}

}  // namespace partsmith::server
