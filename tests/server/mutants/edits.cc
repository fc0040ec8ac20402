#include "edits.h"

#include <algorithm>
#include <stdexcept>

#include <partsmith/protocol/sigv4.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/time.h>

namespace partsmith::test {
namespace {

struct Span {
  std::size_t begin = 0;  ///< of '<'
  std::size_t text = 0;
  std::size_t text_end = 0;
  std::size_t end = 0;
};

/// The next element of that name at or after `from`. Elements of one name don't nest in S3's documents.
std::optional<Span> next_element(const std::string& xml, std::string_view name, std::size_t from) {
  const auto open = '<' + std::string(name);
  for (auto at = xml.find(open, from); at != std::string::npos; at = xml.find(open, at + 1)) {
    const char after = xml[at + open.size()];
    if (after != '>' && after != ' ' && after != '/') continue;
    const auto tag_end = xml.find('>', at);
    if (xml[tag_end - 1] == '/') return Span{at, tag_end + 1, tag_end + 1, tag_end + 1};
    const auto close = "</" + std::string(name) + '>';
    const auto close_at = xml.find(close, tag_end);
    if (close_at == std::string::npos) return std::nullopt;
    return Span{at, tag_end + 1, close_at, close_at + close.size()};
  }
  return std::nullopt;
}

std::vector<Span> all_elements(const std::string& xml, std::string_view name) {
  std::vector<Span> spans;
  std::size_t from = 0;
  while (const auto span = next_element(xml, name, from)) {
    spans.push_back(*span);
    from = span->end;
  }
  return spans;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos && text.size() < 15;
}

/// Each parameter as "name" or "name=value", undecoded.
std::vector<std::string> pieces_of(std::string_view query) {
  std::vector<std::string> pieces;
  while (!query.empty()) {
    const auto end = query.find('&');
    pieces.emplace_back(query.substr(0, end));
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return pieces;
}

void set_query(server::Request& request, const std::vector<std::string>& pieces) {
  std::string target(protocol::split_target(request.target).path);
  char separator = '?';
  for (const auto& piece : pieces) {
    target += separator + piece;
    separator = '&';
  }
  request.target = target;
}

bool is_named(const std::string& piece, std::string_view name) {
  return piece.substr(0, piece.find('=')) == name;
}

}  // namespace

std::string& text_body(server::Response& response) {
  if (const auto* streamed = std::get_if<server::StreamedBody>(&response.body)) {
    std::string text;
    while (text.size() < streamed->length) {
      const auto piece =
          streamed->produce(text.size(), static_cast<std::size_t>(streamed->length) - text.size());
      if (piece.empty()) throw std::runtime_error("a streamed body ended early");
      text += as_text(piece);
    }
    response.body = std::move(text);
  }
  if (const auto* chunked = std::get_if<server::ChunkedBody>(&response.body)) {
    std::string text;
    for (std::string_view run = chunked->next(); !run.empty(); run = chunked->next()) text += run;
    response.body = std::move(text);
  }
  return std::get<std::string>(response.body);
}

bool has_element(const std::string& xml, std::string_view name) {
  return next_element(xml, name, 0).has_value();
}

void drop_elements(std::string& xml, std::string_view name) {
  while (const auto span = next_element(xml, name, 0)) xml.erase(span->begin, span->end - span->begin);
}

void drop_last_element(std::string& xml, std::string_view name) {
  const auto spans = all_elements(xml, name);
  if (!spans.empty()) xml.erase(spans.back().begin, spans.back().end - spans.back().begin);
}

std::string changed_text(std::string_view text) {
  if (text == "true") return "false";
  if (text == "false") return "true";
  if (is_number(text)) return std::to_string(std::stoull(std::string(text)) + 1);
  return "not-" + std::string(text);
}

void change_elements(std::string& xml, std::string_view name) {
  auto spans = all_elements(xml, name);
  std::ranges::reverse(spans);
  for (const auto& span : spans) {
    const auto text = xml.substr(span.text, span.text_end - span.text);
    if (text.find('<') != std::string::npos) continue;
    const bool closed_at_once = span.text == span.end;
    const auto other = changed_text(text);
    if (closed_at_once) {
      const std::string whole = '<' + std::string(name) + '>' + other + "</" + std::string(name) + '>';
      xml.replace(span.begin, span.end - span.begin, whole);
    } else {
      xml.replace(span.text, span.text_end - span.text, other);
    }
  }
}

void reverse_elements(std::string& xml, std::string_view name) {
  const auto spans = all_elements(xml, name);
  std::string result;
  std::size_t from = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const auto& instead = spans[spans.size() - 1 - i];
    result +=
        xml.substr(from, spans[i].begin - from) + xml.substr(instead.begin, instead.end - instead.begin);
    from = spans[i].end;
  }
  xml = result + xml.substr(from);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void sign_again(server::Request& request) {
  const std::string hash(request.headers.value("x-amz-content-sha256"));
  if (!request.headers.has("authorization") || hash.starts_with("STREAMING-AWS4")) return;
  // ".../20260221/us-east-1/s3/aws4_request"
  const std::string authorization(request.headers.value("authorization"));
  const auto service = authorization.find("/s3/aws4_request");
  const auto before = service == std::string::npos ? service : authorization.rfind('/', service - 1);
  const auto region =
      before == std::string::npos ? "us-east-1" : authorization.substr(before + 1, service - before - 1);
  auto signed_headers = request.headers;
  for (const auto* name : {"authorization", "x-amz-date", "x-amz-content-sha256"})
    signed_headers.remove(name);
  const SystemClock clock;
  protocol::sigv4::sign(signed_headers, request.method, request.target, hash, {"test", "test", ""}, region,
                        clock.now());
  request.headers = signed_headers;
}

void drop_parameter(server::Request& request, std::string_view name) {
  auto pieces = pieces_of(protocol::split_target(request.target).query);
  std::erase_if(pieces, [&](const std::string& piece) { return is_named(piece, name); });
  set_query(request, pieces);
}

void set_parameter(server::Request& request, std::string_view name, std::string_view value) {
  auto pieces = pieces_of(protocol::split_target(request.target).query);
  for (auto& piece : pieces) {
    if (is_named(piece, name)) piece = std::string(name) + '=' + std::string(value);
  }
  set_query(request, pieces);
}

}  // namespace partsmith::test
