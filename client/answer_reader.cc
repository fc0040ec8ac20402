#include "answer_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace partsmith::client {
namespace {

using protocol::equal_ignoring_case;
using protocol::Headers;
using protocol::trimmed;

constexpr std::size_t max_line = 64 * 1024;
constexpr std::size_t max_headers = 1000;
constexpr std::size_t read_size = 64 * 1024;
/// Of a long body: fewer calls of the system.
constexpr std::size_t long_read_size = 256 * 1024;

std::unexpected<ClientError> malformed(std::string detail) {
  return std::unexpected(ClientError(ErrorKind::malformed, "not an HTTP answer: " + std::move(detail)));
}

std::unexpected<ClientError> cut_short() {
  return std::unexpected(
      ClientError(ErrorKind::cut, "the server closed the connection before its answer was whole"));
}

template <class Number>
std::optional<Number> number(std::string_view text, int base) {
  Number value{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// `HTTP/1.1 200 OK`; the reason may be missing with its space.
std::optional<AnswerReader::Head> parse_status_line(std::string_view line) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return std::nullopt;
  const auto minor = number<int>(line.substr(7, 1), 10);
  const auto status = number<int>(line.substr(9, 3), 10);
  if (!minor || !status || *status < 100) return std::nullopt;
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  AnswerReader::Head head;
  head.status = *status;
  head.minor_version = *minor;
  if (line.size() > 13) head.reason = line.substr(13);
  return head;
}

std::expected<std::optional<std::uint64_t>, ClientError> content_length(const Headers& headers) {
  std::optional<std::uint64_t> length;
  for (const auto text : headers.all("content-length")) {
    const auto value = number<std::uint64_t>(trimmed(text), 10);
    if (!value || (length && *length != *value)) return malformed(fmt::format("Content-Length '{}'", text));
    length = value;
  }
  return length;
}

}  // namespace

bool AnswerReader::Head::keeps_alive() const {
  for (const auto value : headers.all("connection")) {
    if (equal_ignoring_case(trimmed(value), "close")) return false;
    if (equal_ignoring_case(trimmed(value), "keep-alive")) return true;
  }
  return minor_version >= 1;
}

std::expected<bool, ClientError> AnswerReader::fill(Patience patience) {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  const auto used = buffer_.size();
  const auto most = left_ >= long_read_size ? long_read_size : read_size;
  std::expected<std::size_t, ClientError> got = 0;
  buffer_.resize_and_overwrite(used + most, [&](char* bytes, std::size_t) {
    got = wire_.read({reinterpret_cast<std::uint8_t*>(bytes) + used, most}, patience.deadline());
    return used + got.value_or(0);
  });
  if (!got) return std::unexpected(got.error());
  begun_ = begun_ || *got > 0;
  return *got > 0;
}

std::expected<std::string, ClientError> AnswerReader::take_line(Patience patience, std::size_t limit) {
  while (true) {
    const auto end = buffer_.find('\n', begin_);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(begin_, end - begin_);
      if (line.ends_with('\r')) line.pop_back();
      begin_ = end + 1;
      return line;
    }
    if (buffer_.size() - begin_ > limit) return malformed("a line without an end");
    const auto filled = fill(patience);
    if (!filled) return std::unexpected(filled.error());
    if (!*filled) return cut_short();
  }
}

std::expected<AnswerReader::Head, ClientError> AnswerReader::read_head(Patience patience) {
  const auto first = take_line(patience, max_line);
  if (!first) return std::unexpected(first.error());
  auto head = parse_status_line(*first);
  if (!head) return malformed(fmt::format("it begins with '{}'", first->substr(0, 100)));
  while (true) {
    const auto line = take_line(patience, max_line);
    if (!line) return std::unexpected(line.error());
    if (line->empty()) return *std::move(head);
    const auto colon = line->find(':');
    if (colon == std::string::npos || colon == 0 || line->front() == ' ' || line->front() == '\t') {
      return malformed(fmt::format("'{}' in its head", line->substr(0, 100)));
    }
    if (head->headers.size() == max_headers) return malformed("too many headers");
    head->headers.add(line->substr(0, colon),
                      std::string(trimmed(std::string_view(*line).substr(colon + 1))));
  }
}

std::expected<void, ClientError> AnswerReader::begin_body(const Head& head, bool to_head) {
  ended_by_close_ = in_chunk_ = false;
  form_ = BodyForm::none;
  left_ = 0;
  auto length = content_length(head.headers);
  if (!length) return std::unexpected(length.error());
  length_ = *length;
  if (to_head || head.status < 200 || head.status == 204 || head.status == 304) return {};
  if (const auto coding = head.headers.get("transfer-encoding")) {
    if (!equal_ignoring_case(trimmed(*coding), "chunked")) {
      return malformed(fmt::format("Transfer-Encoding '{}'", *coding));
    }
    length_.reset();
    form_ = BodyForm::in_chunks;
  } else if (length_) {
    form_ = BodyForm::of_length;
    left_ = *length_;
  } else {
    form_ = BodyForm::until_close;
    ended_by_close_ = true;
  }
  return {};
}

std::optional<std::uint64_t> AnswerReader::body_length() const {
  if (form_ == BodyForm::in_chunks || form_ == BodyForm::until_close) return std::nullopt;
  return length_;
}

std::expected<ByteView, ClientError> AnswerReader::next_run(Patience patience) {
  if (at_end()) return ByteView();
  if (form_ == BodyForm::until_close) {
    if (begin_ == buffer_.size()) {
      const auto filled = fill(patience);
      if (!filled) return std::unexpected(filled.error());
      if (!*filled) {
        form_ = BodyForm::none;
        return ByteView();
      }
    }
    return take_run(buffer_.size() - begin_, patience);
  }
  if (form_ == BodyForm::in_chunks && left_ == 0) {
    if (const auto begun = begin_chunk(patience); !begun) return std::unexpected(begun.error());
    if (at_end()) return ByteView();
  }
  const auto run = take_run(left_, patience);
  if (run) left_ -= run->size();
  return run;
}

std::expected<std::optional<std::size_t>, ClientError> AnswerReader::next_run(BytePipe& into,
                                                                              std::size_t most,
                                                                              Patience patience) {
  PipedWire* const piped = wire_.piped();
  if (piped == nullptr || form_ != BodyForm::of_length || left_ == 0 || has_buffered()) return std::nullopt;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, most));
  const auto count = piped->read(into, wanted, patience.deadline());
  if (!count) return std::unexpected(count.error());
  if (*count == 0) return cut_short();
  left_ -= *count;
  return *count;
}

std::expected<void, ClientError> AnswerReader::read_body(const Head& head, bool to_head,
                                                         const HttpClient::Sink& sink, Patience patience) {
  if (const auto begun = begin_body(head, to_head); !begun) return begun;
  while (true) {
    const auto run = next_run(patience);
    if (!run) return std::unexpected(run.error());
    if (run->empty()) return {};
    if (!sink(*run)) {
      return std::unexpected(ClientError(ErrorKind::sink, "the receiver of the answer's body stopped"));
    }
  }
}

std::expected<ByteView, ClientError> AnswerReader::take_run(std::uint64_t most, Patience patience) {
  if (begin_ == buffer_.size()) {
    const auto filled = fill(patience);
    if (!filled) return std::unexpected(filled.error());
    if (!*filled) return cut_short();
  }
  const auto piece = std::string_view(buffer_).substr(
      begin_, static_cast<std::size_t>(std::min<std::uint64_t>(most, long_read_size)));
  begin_ += piece.size();
  return as_bytes(piece);
}

std::expected<void, ClientError> AnswerReader::begin_chunk(Patience patience) {
  if (in_chunk_) {
    const auto end = take_line(patience, max_line);
    if (!end) return std::unexpected(end.error());
    if (!end->empty()) return malformed("a chunk is longer than it says");
  }
  const auto line = take_line(patience, max_line);
  if (!line) return std::unexpected(line.error());
  const auto size = number<std::uint64_t>(trimmed(std::string_view(*line).substr(0, line->find(';'))), 16);
  if (!size) return malformed(fmt::format("'{}' where a chunk should begin", line->substr(0, 100)));
  left_ = *size;
  in_chunk_ = true;
  return left_ == 0 ? skip_trailers(patience) : std::expected<void, ClientError>();
}

std::expected<void, ClientError> AnswerReader::skip_trailers(Patience patience) {
  for (std::size_t trailers = 0; trailers <= max_headers; ++trailers) {
    const auto line = take_line(patience, max_line);
    if (!line) return std::unexpected(line.error());
    if (!line->empty()) continue;
    form_ = BodyForm::none;
    return {};
  }
  return malformed("too many trailers");
}

std::uint64_t AnswerReader::excess(std::chrono::milliseconds watch) {
  // Whatever else there is to read, the end of the connection or its failure, is no excess.
  if (begin_ == buffer_.size() && (watch.count() > 0 || wire_.has_input()))
    static_cast<void>(fill({watch, Instant::max()}));
  return buffer_.size() - begin_;
}

std::expected<bool, ClientError> AnswerReader::read_to_end(std::string& into, Patience patience) {
  while (true) {
    into.append(buffer_, begin_);
    begin_ = buffer_.size();
    const auto filled = fill(patience);
    if (!filled && filled.error().kind == ErrorKind::cut) return false;
    if (!filled) return std::unexpected(filled.error());
    if (!*filled) return true;
  }
}

}  // namespace partsmith::client
