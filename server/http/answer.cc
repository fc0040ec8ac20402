#include "http/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "http/head.h"
#include "http/reason.h"

namespace partsmith::server {
namespace {

using protocol::equal_ignoring_case;

constexpr std::size_t longest_run = std::size_t{256} * 1024;
/// Below it making a pipe costs more than it saves.
constexpr std::size_t least_piped = longest_run;
constexpr std::size_t short_run = std::size_t{16} * 1024;  ///< where memory is short

bool never_has_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

bool frames_the_body(std::string_view name) {
  return equal_ignoring_case(name, "Content-Length") || equal_ignoring_case(name, "Transfer-Encoding") ||
         equal_ignoring_case(name, "Connection");
}

/// Of a body that isn't chunked.
std::uint64_t body_length(const Response& response) {
  if (const auto* streamed = std::get_if<StreamedBody>(&response.body)) return streamed->length;
  return std::get<std::string>(response.body).size();
}

bool is_chunked(const Response& response) {
  return std::holds_alternative<ChunkedBody>(response.body);
}

/// A line break in a value or name would let whoever chose it write fields of his own.
void append_field(std::string& head, std::string_view name, std::string_view value) {
  if (!is_token(name)) throw std::logic_error("a field of the answer has a name that is no token");
  if (!is_field_value(value))
    throw std::logic_error(fmt::format("the answer's field {} has a control byte in its value", name));
  head.append(name).append(": ").append(value).append("\r\n");
}

/// Counts what is sent, and stops at the byte at which the connection is to end.
class Output {
 public:
  Output(Connection& connection, const Response& response, const LeastRate::Terms& terms)
      : connection_(connection),
        resets_(response.reset_after_bytes.has_value() || response.reset_when_cut),
        limit_(response.reset_after_bytes.value_or(
            response.close_after_bytes.value_or(std::numeric_limits<std::uint64_t>::max()))),
        rate_(terms) {}

  /// Whether the body's bytes can go without coming here: its end is the answer's, and nothing is encrypted.
  bool passes_pipes() const {
    return !connection_.secure() && limit_ == std::numeric_limits<std::uint64_t>::max();
  }
  bool send(BytePipe& pipe) {
    written_.bytes += connection_.send(pipe, rate_);
    if (pipe.held() > 0) written_.cut = true;
    return !written_.cut;
  }
  /// False once the answer cannot go on.
  bool send(std::string_view first, std::string_view second) {
    first = within_limit(first, written_.bytes);
    second = within_limit(second, written_.bytes + first.size());
    const std::uint64_t sent = connection_.send(first, second, rate_);
    written_.bytes += sent;
    if (sent != first.size() + second.size() || at_limit()) written_.cut = true;
    return !written_.cut;
  }
  void make_way() const { connection_.make_way(); }
  bool at_limit() const { return written_.bytes >= limit_; }
  bool failed_before_the_first_byte() const { return written_.bug != nullptr && written_.bytes == 0; }
  /// The answer will not be whole.
  void cut(std::exception_ptr bug = nullptr) {
    written_.cut = true;
    written_.bug = std::move(bug);
  }

  Written finish() {
    written_.cut = written_.cut || at_limit();
    if (written_.cut && resets_) connection_.reset_on_close();
    return written_;
  }

 private:
  std::string_view within_limit(std::string_view piece, std::uint64_t before) const {
    return piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), limit_ - before)));
  }

  Connection& connection_;
  bool resets_;
  std::uint64_t limit_;
  LeastRate rate_;
  Written written_;
};

/// The body's next run; empty if it cannot go on, which cuts the answer: the client must see a short body
/// rather than a shorter answer.
ByteView produce(const StreamedBody& body, std::uint64_t offset, std::size_t wanted, Output& output) {
  try {
    const ByteView run = body.produce(offset, wanted);
    if (run.size() > wanted)
      throw std::logic_error("a body's producer gave more bytes than it was asked for");
    if (run.empty()) output.cut();
    return run;
  } catch (...) {
    output.cut(std::current_exception());
    return {};
  }
}

/// As produce(), into the pipe.
std::optional<std::size_t> fill(const StreamedBody& body, BytePipe& pipe, std::uint64_t offset,
                                Output& output) {
  try {
    const auto wanted = std::min<std::uint64_t>(body.length - offset, BytePipe::most);
    const auto count = body.fill(pipe, offset, static_cast<std::size_t>(wanted));
    if (count && *count == 0) output.cut();
    return count;
  } catch (...) {
    output.cut(std::current_exception());
    return 0;
  }
}

void stream(Output& output, std::string head, const StreamedBody& body, MemoryBudget& memory) {
  std::uint64_t offset = 0;
  const bool piped = body.fill && body.length >= least_piped && output.passes_pipes();
  auto pipe = piped ? BytePipe::open() : std::nullopt;
  auto held = memory.insist(short_run);
  const std::size_t longest = body.length > short_run && held.grow_to(longest_run) ? longest_run : short_run;
  while (offset < body.length) {
    if (const auto filled = pipe ? fill(body, *pipe, offset, output) : std::nullopt) {
      if (output.failed_before_the_first_byte()) return;
      if (!output.send(head, {}) || !output.send(*pipe)) return;
      output.make_way();
      head.clear();
      offset += *filled;
      continue;
    }
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(longest, body.length - offset));
    const ByteView run = produce(body, offset, wanted, output);
    if (output.failed_before_the_first_byte()) return;  // another answer can be given
    if (!output.send(head, as_text(run)) || run.empty()) return;
    output.make_way();
    head.clear();
    offset += run.size();
  }
  output.send(head, {});
}

void send_chunks(Output& output, std::string head, const ChunkedBody& body) {
  for (std::string_view run = body.next(); !run.empty(); run = body.next()) {
    head += fmt::format("{:x}\r\n", run.size());
    if (!output.send(head, run)) return;
    head = "\r\n";
  }
  output.send(head, "0\r\n\r\n");
}

void send_body(Output& output, std::string head, const Response& response, MemoryBudget& memory) {
  if (const auto* streamed = std::get_if<StreamedBody>(&response.body)) {
    stream(output, std::move(head), *streamed, memory);
  } else if (const auto* chunked = std::get_if<ChunkedBody>(&response.body)) {
    send_chunks(output, std::move(head), *chunked);
  } else {
    output.send(head, std::get<std::string>(response.body));
  }
}

/// HTTP/1.0 knows no chunks: its client waits for the whole.
Response gathered(const Response& response) {
  Response whole = response;
  std::string body;
  const auto& chunked = std::get<ChunkedBody>(response.body);
  for (std::string_view run = chunked.next(); !run.empty(); run = chunked.next()) body += run;
  whole.body = std::move(body);
  return whole;
}

}  // namespace

std::string answer_head(const Response& response, const AnswerForm& form) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  for (const auto& [name, value] : response.headers) {
    if (frames_the_body(name)) continue;
    append_field(head, name, value);
  }
  if (!never_has_body(response.status) && is_chunked(response)) {
    head.append("Transfer-Encoding: chunked\r\n");
  } else if (!never_has_body(response.status)) {
    const std::uint64_t own = body_length(response);
    const std::uint64_t length = form.without_body ? response.announced_length.value_or(own) : own;
    head.append(fmt::format("Content-Length: {}\r\n", length));
  }
  if (form.close) {
    head.append("Connection: close\r\n");
  } else if (form.http_1_0) {
    head.append("Connection: keep-alive\r\n");
  }
  head.append("\r\n");
  return head;
}

Written write_answer(Connection& connection, const Response& response, const AnswerForm& form,
                     const LeastRate::Terms& terms, MemoryBudget& memory) {
  Output output(connection, response, terms);
  try {
    if (form.http_1_0 && is_chunked(response))
      return write_answer(connection, gathered(response), form, terms, memory);
    std::string head = answer_head(response, form);
    if (form.without_body || never_has_body(response.status)) {
      output.send(head, {});
    } else {
      send_body(output, std::move(head), response, memory);
    }
  } catch (...) {
    output.cut(std::current_exception());
  }
  return output.finish();
}

}  // namespace partsmith::server
