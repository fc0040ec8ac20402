#include "http/body.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <partsmith/values/limits.h>

namespace partsmith::server {
namespace {

constexpr std::size_t longest_size_line = 4096;  ///< a chunk's size and its extensions

std::expected<void, BodyError> outcome_of(Input input) {
  switch (input) {
    case Input::received:
      return {};
    case Input::timeout:
      return std::unexpected(BodyError::timeout);
    case Input::nothing_yet:
    case Input::no_memory:
    case Input::plain_text:
    case Input::ended:
      break;
  }
  return std::unexpected(BodyError::incomplete);
}

}  // namespace

ConnectionBody::ConnectionBody(Connection& connection, const Head& head, const LeastRate::Terms& terms)
    : connection_(connection),
      framing_(head.framing),
      rate_(terms),
      left_(head.framing.length),
      awaits_continue_(head.expects_continue),
      at_end_(framing_.kind != Framing::Kind::chunked && left_ == 0) {}

std::optional<std::uint64_t> ConnectionBody::length() const {
  if (framing_.kind == Framing::Kind::chunked) return std::nullopt;
  return framing_.length;
}

std::expected<void, BodyError> ConnectionBody::read_from(const Way& way) {
  if (read_called_) throw std::logic_error("a request's body can be read once");
  read_called_ = true;
  if (at_end_) return {};
  connection_.expect_flow();
  if (awaits_continue_) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool sent = withholds_continue_ || connection_.send(go_on, {}, rate_) == go_on.size();
    if (!sent) return std::unexpected(BodyError::incomplete);
    awaits_continue_ = false;
  }
  auto outcome = framing_.kind == Framing::Kind::chunked ? read_chunked(way.sink) : read_length(way);
  broken_ = !outcome && outcome.error() != BodyError::stopped;
  return outcome;
}

std::optional<std::uint64_t> ConnectionBody::remainder() const {
  if (at_end_) return 0;
  if (awaits_continue_ || broken_ || framing_.kind == Framing::Kind::chunked) return std::nullopt;
  return left_;
}

std::expected<void, BodyError> ConnectionBody::read_length(const Way& way) {
  if (const auto read = read_runs(left_, way); !read) return read;
  at_end_ = true;
  return {};
}

std::expected<void, BodyError> ConnectionBody::read_runs(std::uint64_t& left, const Way& way) {
  while (left > 0) {
    const bool in_pipe = way.pipe != nullptr && connection_.buffered().empty();
    if (const auto read = in_pipe ? pipe_run(left, way) : read_run(left, way.sink); !read) return read;
    connection_.make_way();
  }
  return {};
}

std::expected<void, BodyError> ConnectionBody::read_run(std::uint64_t& left, const Sink& sink) {
  if (connection_.buffered().empty()) {
    const auto wanted = std::min<std::uint64_t>(left, Connection::body_buffer);
    const auto capacity = std::max(static_cast<std::size_t>(wanted), Connection::head_buffer);
    if (const auto got = more(capacity); !got) return got;
  }
  const std::string_view arrived = connection_.buffered();
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, arrived.size()));
  const ByteView run = as_bytes(arrived.substr(0, size));
  // Counted before the sink is called, so that an exception of the sink's leaves the place right; consuming
  // leaves the bytes where they are.
  left -= size;
  connection_.consume(size);
  if (!sink(run)) return std::unexpected(BodyError::stopped);
  return {};
}

std::expected<void, BodyError> ConnectionBody::pipe_run(std::uint64_t& left, const Way& way) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, BytePipe::most));
  if (const auto got = outcome_of(connection_.receive(*way.pipe, wanted, rate_)); !got) return got;
  left -= way.pipe->held();
  if (!way.emptied()) return std::unexpected(BodyError::stopped);
  return {};
}

std::expected<void, BodyError> ConnectionBody::read_chunked(const Sink& sink) {
  while (true) {
    auto left = read_chunk_size();
    if (!left) return std::unexpected(left.error());
    if (*left == 0) return read_trailers();
    if (const auto read = read_runs(*left, {.sink = sink}); !read) return read;
    const auto end = read_line(0);
    if (!end) return std::unexpected(end.error());
  }
}

std::expected<std::uint64_t, BodyError> ConnectionBody::read_chunk_size() {
  const auto line = read_line(longest_size_line);
  if (!line) return std::unexpected(line.error());
  std::string_view digits = *line;
  // Extensions are ignored, as RFC 9112, 7.1.1 allows.
  digits = protocol::trimmed(digits.substr(0, digits.find(';')));
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (!whole || line->front() == ' ' || line->front() == '\t') return std::unexpected(BodyError::malformed);
  return size;
}

std::expected<void, BodyError> ConnectionBody::read_trailers() {
  std::size_t total = 0;
  while (true) {
    const auto line = read_line(limits::max_trailer_bytes - total);
    if (!line) return std::unexpected(line.error());
    if (line->empty()) break;
    total = std::min(total + line->size(), limits::max_trailer_bytes);
  }
  at_end_ = true;
  return {};
}

/// A line without its CRLF; longer ones than `longest`, or any other control byte but a tab, are malformed.
std::expected<std::string, BodyError> ConnectionBody::read_line(std::size_t longest) {
  std::string line;
  while (true) {
    if (connection_.buffered().empty()) {
      if (const auto got = more(Connection::head_buffer); !got) return std::unexpected(got.error());
    }
    const char next = connection_.buffered().front();
    const bool after_return = !line.empty() && line.back() == '\r';
    if (after_return != (next == '\n')) return std::unexpected(BodyError::malformed);
    connection_.consume(1);
    if (after_return) {
      line.pop_back();
      return line;
    }
    const bool control = static_cast<unsigned char>(next) < 0x20 || next == 0x7f;
    if (control && next != '\r' && next != '\t') return std::unexpected(BodyError::malformed);
    if (next != '\r' && line.size() == longest) return std::unexpected(BodyError::malformed);
    line.push_back(next);
  }
}

std::expected<void, BodyError> ConnectionBody::more(std::size_t capacity) {
  return outcome_of(connection_.receive(capacity, rate_));
}

}  // namespace partsmith::server
