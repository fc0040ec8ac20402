#include "request_log.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/uri.h>

#include "upstream_id.h"

namespace partsmith::server {
namespace {

/// Bytes that could break a line, a quotation or a terminal are percent-encoded, and those that are `also`.
std::string harmless(std::string_view text, std::string_view also = " ") {
  std::string result;
  for (const char c : text) {
    if (c >= ' ' && c < 0x7f && !also.contains(c)) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

/// What an error says: some of them repeat what the client sent.
std::string quoted(std::string_view text) {
  constexpr std::size_t most = 300;
  return fmt::format("\"{}{}\"", harmless(text.substr(0, most), "\""), text.size() > most ? "..." : "");
}

/// An upload id of 128 characters makes a line unreadable; its ends tell it from others.
std::string shortened(std::string_view query) {
  constexpr std::string_view parameter = "uploadId=";
  constexpr std::size_t first = 8;
  constexpr std::size_t last = 4;
  const std::size_t at = query.find(parameter);
  if (at == std::string_view::npos) return harmless(query);
  const std::string_view before = query.substr(0, at + parameter.size());
  const std::string_view rest = query.substr(before.size());
  const std::string_view id = rest.substr(0, rest.find('&'));
  if (id.size() <= first + last + 1) return harmless(query);
  return fmt::format("{}{}…{}{}", harmless(before), harmless(id.substr(0, first)),
                     harmless(id.substr(id.size() - last)), harmless(rest.substr(id.size())));
}

/// The query of a log line: what tells one multipart request from another, and never a signature.
std::string logged_query(const protocol::Query& query) {
  std::string text;
  for (const std::string_view name : {"partNumber", "uploadId", "uploads"}) {
    if (!query.has(name)) continue;
    text += (text.empty() ? "" : "&") + std::string(name);
    if (const auto value = *query.get(name); !value.empty()) text += '=' + std::string(value);
  }
  return text;
}

double milliseconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000.0; }

}  // namespace

std::string text_line(const LogEntry& entry) {
  std::string line = fmt::format("{} {} {} {}", protocol::iso8601_seconds(entry.time), entry.peer,
                                 harmless(entry.method), harmless(entry.path));
  if (!entry.upload.empty()) line += '?' + shortened(entry.upload);
  line += fmt::format(" {} {}", entry.operation.empty() ? "-" : entry.operation, entry.status);
  if (!entry.error.empty()) line += fmt::format(" {} {}", entry.error, quoted(entry.message));
  line += fmt::format(" in={} out={} {:.1f}ms {}", entry.bytes_in, entry.bytes_out, milliseconds(entry.took),
                      entry.request_id);
  if (!entry.upstream_id.empty()) line += " upstream=" + harmless(entry.upstream_id);
  if (entry.cut) line += " cut";
  if (!entry.detail.empty()) line += " cause=" + quoted(entry.detail);
  return line;
}

std::string json_line(const LogEntry& entry) {
  nlohmann::ordered_json line = {
      {"time", protocol::iso8601_seconds(entry.time)}, {"peer", entry.peer},
      {"method", entry.method},                        {"path", harmless(entry.path)},
      {"operation", entry.operation},                  {"status", entry.status},
      {"bytes_in", entry.bytes_in},                    {"bytes_out", entry.bytes_out},
      {"ms", milliseconds(entry.took)},                {"request_id", entry.request_id}};
  if (!entry.upstream_id.empty()) line["upstream_request_id"] = entry.upstream_id;
  if (!entry.upload.empty()) line["query"] = harmless(entry.upload);
  if (!entry.error.empty()) line["error"] = entry.error;
  if (!entry.message.empty()) line["message"] = entry.message;
  if (!entry.detail.empty()) line["cause"] = entry.detail;
  if (entry.cut) line["cut"] = true;
  return line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void RequestLog::answering(Visit& visit, Response& response) {
  const auto id = response.headers.get(upstream_id_header);
  if (!id || *id == visit.ids.request_id) return;
  if (visit.end().headers.size() > 0) return;  // the journal keeps all of them
  Response told;
  told.headers.add(upstream_id_header, std::string(*id));
  visit.keep_answer(told);
}

void RequestLog::sent(const Visit& visit) {
  const VisitEnd& end = visit.end();
  const std::string query = visit.is_addressed() ? logged_query(visit.query()) : std::string();
  const LogEntry entry{.time = clock_.now(),
                       .peer = visit.request.peer_address,
                       .method = visit.request.method,
                       .path = protocol::split_target(visit.request.target).path,
                       .operation = visit.operation_name(),
                       .upload = query,
                       .status = end.status,
                       .error = end.error,
                       .message = end.message,
                       .detail = end.cause,
                       .bytes_in = end.exchange.bytes_in,
                       .bytes_out = end.exchange.bytes_out,
                       .took = std::chrono::duration_cast<std::chrono::microseconds>(end.took),
                       .request_id = visit.ids.request_id,
                       .upstream_id = upstream_request_id(visit),
                       .cut = end.exchange.cut};
  const std::string line = format_ == LogFormat::json ? json_line(entry) : text_line(entry);
  const std::scoped_lock lock(mutex_);
  write_(line);
}

}  // namespace partsmith::server
