#include "http/head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <partsmith/values/limits.h>

namespace partsmith::server {
namespace {

using protocol::equal_ignoring_case;
using protocol::trimmed;

/// Of every byte, whether it may stand in a token, and in a field's value.
struct ByteClasses {
  std::array<bool, 256> token{};
  std::array<bool, 256> control{};

  constexpr ByteClasses() {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const bool alphanumeric =
          (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
      token[byte] = alphanumeric;
      control[byte] = byte < 0x20 || byte == 0x7f;
    }
    for (const char mark : std::string_view("!#$%&'*+-.^_`|~"))
      token[static_cast<unsigned char>(mark)] = true;
  }
};

constexpr ByteClasses classes;

/// Amazon S3 bounds the bytes of a head (8 KB) where partsmith takes more; of what fits in those few would be
/// left.
constexpr std::size_t most_fields = 2'000;
constexpr std::ptrdiff_t most_parameters = 2'000;

/// A record of TLS 1.x that holds a handshake.
constexpr std::string_view tls_hello = "\x16\x03";

std::size_t occurrences(std::string_view text, char c) {
  std::size_t count = 0;
  for (std::size_t at = text.find(c); at != std::string_view::npos; at = text.find(c, at + 1)) ++count;
  return count;
}

bool is_token_char(char c) {
  return classes.token[static_cast<unsigned char>(c)];
}

bool is_control(char c) {
  return classes.control[static_cast<unsigned char>(c)];
}

/// Bytes above 0x7f are let through: whether they may stand there is the handler's to say.
bool is_target(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) { return is_control(c) || c == ' '; });
}

/// Cuts off and returns the text before the next CRLF.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), line.size() + 2));
  return line;
}

std::expected<void, HeadFault> parse_request_line(std::string_view line, Head& head) {
  const auto malformed = std::unexpected(HeadFault::malformed);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return malformed;
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method) || !is_target(target)) return malformed;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return malformed;
  if (std::ranges::count(target, '&') > most_parameters) return std::unexpected(HeadFault::too_large);
  head.method = method;
  head.target = target;
  head.http_1_0 = version == "HTTP/1.0";
  return {};
}

std::expected<void, HeadFault> parse_fields(std::string_view rest, protocol::Headers& headers) {
  while (true) {
    const std::string_view line = take_line(rest);
    if (line.empty()) return {};
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::unexpected(HeadFault::malformed);
    // A name is a token: that refuses folded lines and a space before the colon too.
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!is_token(name) || !is_field_value(value)) return std::unexpected(HeadFault::malformed);
    if (headers.size() == most_fields) return std::unexpected(HeadFault::too_large);
    headers.add(std::string(name), std::string(value));
  }
}

std::expected<std::uint64_t, HeadFault> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::unexpected(HeadFault::malformed);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size()) return std::unexpected(HeadFault::malformed);
  return length;
}

std::expected<Framing, HeadFault> framing_of(const Head& head) {
  const auto encodings = head.headers.all("Transfer-Encoding");
  const auto lengths = head.headers.all("Content-Length");
  if (!encodings.empty()) {
    const bool plain_chunked = encodings.size() == 1 && equal_ignoring_case(encodings.front(), "chunked");
    if (!plain_chunked || !lengths.empty() || head.http_1_0)
      return std::unexpected(HeadFault::conflicting_framing);
    return Framing{Framing::Kind::chunked, 0};
  }
  if (lengths.empty()) return Framing{};
  const bool same =
      std::ranges::all_of(lengths, [&](std::string_view text) { return text == lengths.front(); });
  if (!same || lengths.front().find(',') != std::string_view::npos)
    return std::unexpected(HeadFault::conflicting_framing);
  const auto length = parse_length(lengths.front());
  if (!length) return std::unexpected(length.error());
  return Framing{Framing::Kind::length, *length};
}

/// "http://host/path" is "/path" sent to that host, whatever the Host header says (RFC 9112, 3.2.2).
std::expected<void, HeadFault> reduce_target(Head& head) {
  if (head.target.front() == '/' || head.target == "*" || head.method == "CONNECT") return {};
  const std::string_view target = head.target;
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return std::unexpected(HeadFault::malformed);
  const std::string_view scheme = target.substr(0, colon);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https"))
    return std::unexpected(HeadFault::malformed);
  const std::string_view rest = target.substr(colon + 3);
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string authority(rest.substr(0, end));
  if (authority.empty() || authority.find('@') != std::string::npos)
    return std::unexpected(HeadFault::malformed);
  std::string origin(rest.substr(end));
  if (origin.empty() || origin.front() != '/') origin.insert(0, 1, '/');
  head.target = std::move(origin);
  head.headers.set("Host", authority);
  return {};
}

/// Whether one of the comma-separated words of any field of that name is `word`.
bool lists_word(const protocol::Headers& headers, std::string_view name, std::string_view word) {
  for (std::string_view value : headers.all(name)) {
    while (!value.empty()) {
      const std::size_t comma = std::min(value.find(','), value.size());
      if (equal_ignoring_case(trimmed(value.substr(0, comma)), word)) return true;
      value.remove_prefix(std::min(value.size(), comma + 1));
    }
  }
  return false;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\t'; });
}

std::size_t memory_of(std::string_view head) {
  // Names and values once as they came and once decoded or canonical, and the strings that hold them.
  constexpr std::size_t per_item = 4 * sizeof(std::string);
  return 2 * head.size() + per_item * (occurrences(head, '\n') + occurrences(head, '&'));
}

std::expected<std::optional<std::size_t>, HeadFault> HeadScanner::scan(std::string_view bytes) {
  // Said at once rather than when the time is over: what begins like this never becomes a head.
  if (bytes.starts_with(tls_hello)) return std::unexpected(HeadFault::tls);
  if (!bytes.empty() && bytes.front() != '\r' && !is_token_char(bytes.front()))
    return std::unexpected(HeadFault::malformed);
  while (true) {
    const std::size_t newline = bytes.find('\n', scanned_);
    if (newline == std::string_view::npos) {
      scanned_ = bytes.size();
      if (bytes.size() > limits::max_request_head_bytes) return std::unexpected(HeadFault::too_large);
      return std::nullopt;
    }
    // At once, too: a head of bare line feeds would never come to its end.
    if (newline == line_start_ || bytes[newline - 1] != '\r') return std::unexpected(HeadFault::malformed);
    if (newline >= limits::max_request_head_bytes) return std::unexpected(HeadFault::too_large);
    const bool empty_line = newline == line_start_ + 1;
    line_start_ = scanned_ = newline + 1;
    if (empty_line) return newline + 1;
  }
}

std::expected<Head, HeadFault> parse_head(std::string_view text) {
  Head head;
  const std::string_view request_line = take_line(text);
  if (const auto read = parse_request_line(request_line, head); !read) return std::unexpected(read.error());
  if (const auto read = parse_fields(text, head.headers); !read) return std::unexpected(read.error());

  const std::size_t hosts = head.headers.all("Host").size();
  if (hosts > 1) return std::unexpected(HeadFault::malformed);
  if (hosts == 0 && !head.http_1_0) return std::unexpected(HeadFault::missing_host);

  const auto framing = framing_of(head);
  if (!framing) return std::unexpected(framing.error());
  head.framing = *framing;
  if (const auto reduced = reduce_target(head); !reduced) return std::unexpected(reduced.error());

  const bool close = lists_word(head.headers, "Connection", "close");
  const bool keep = !head.http_1_0 || lists_word(head.headers, "Connection", "keep-alive");
  head.keep_alive = keep && !close;
  head.expects_continue = !head.http_1_0 && lists_word(head.headers, "Expect", "100-continue");
  return head;
}

}  // namespace partsmith::server
