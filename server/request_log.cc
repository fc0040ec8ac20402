#include "request_log.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/uri.h>

namespace partsmith::server {
namespace {

/// Bytes that could break a line or a terminal are percent-encoded.
std::string harmless(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c > ' ' && c < 0x7f) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

double milliseconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1000.0; }

}  // namespace

std::string text_line(const LogEntry& entry) {
  std::string line = fmt::format("{} {} {} {}", protocol::iso8601_seconds(entry.time), entry.peer,
                                 harmless(entry.method), harmless(entry.path));
  if (!entry.upload.empty()) line += fmt::format("?{}", harmless(entry.upload));
  line += fmt::format(" {} {}", entry.operation.empty() ? "-" : entry.operation, entry.status);
  if (!entry.error.empty()) line += fmt::format(" {}", entry.error);
  line += fmt::format(" in={} out={} {:.1f}ms {}", entry.bytes_in, entry.bytes_out, milliseconds(entry.took),
                      entry.request_id);
  if (entry.cut) line += " cut";
  if (!entry.detail.empty()) line += fmt::format(" cause=\"{}\"", entry.detail);
  return line;
}

std::string json_line(const LogEntry& entry) {
  nlohmann::ordered_json line = {
      {"time", protocol::iso8601_seconds(entry.time)}, {"peer", entry.peer},
      {"method", entry.method},                        {"path", harmless(entry.path)},
      {"operation", entry.operation},                  {"status", entry.status},
      {"bytes_in", entry.bytes_in},                    {"bytes_out", entry.bytes_out},
      {"ms", milliseconds(entry.took)},                {"request_id", entry.request_id}};
  if (!entry.upload.empty()) line["query"] = harmless(entry.upload);
  if (!entry.error.empty()) line["error"] = entry.error;
  if (!entry.detail.empty()) line["cause"] = entry.detail;
  if (entry.cut) line["cut"] = true;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace partsmith::server
