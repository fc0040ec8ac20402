#include "journal/entry_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/path.h>
#include <partsmith/values/checksum.h>

#include "faults/fault_set.h"
#include "upstream_id.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view removed = "(removed)";

bool is_secret_header(std::string_view lower) {
  constexpr auto secret = std::to_array<std::string_view>(
      {"x-amz-security-token", "x-amz-server-side-encryption-customer-key",
       "x-amz-copy-source-server-side-encryption-customer-key", "cookie", "proxy-authorization"});
  return std::ranges::find(secret, lower) != secret.end();
}

/// Whose key, and never what it made.
std::string shown_authorization(std::string_view value) {
  constexpr std::string_view signature = "Signature=";
  if (const std::size_t at = value.find(signature); at != std::string_view::npos) {
    return std::string(value.substr(0, at + signature.size())) + std::string(removed);
  }
  const std::size_t colon = value.rfind(':');
  if (value.starts_with("AWS ") && colon != std::string_view::npos) {
    return std::string(value.substr(0, colon + 1)) + std::string(removed);
  }
  return std::string(removed);
}

std::string shown_value(std::string_view name, std::string_view value) {
  const std::string lower = protocol::lower_case(name);
  if (lower == "authorization") return shown_authorization(value);
  return is_secret_header(lower) ? std::string(removed) : std::string(value);
}

bool is_secret_parameter(std::string_view name) {
  return protocol::equal_ignoring_case(name, "X-Amz-Signature") ||
         protocol::equal_ignoring_case(name, "Signature") || is_secret_header(protocol::lower_case(name));
}

/// The target as it came, but for the values of secret parameters.
std::string shown_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return std::string(target);
  std::string shown(target.substr(0, mark + 1));
  std::string_view query = target.substr(mark + 1);
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = pair.find('=');
    const bool hide = equals != std::string_view::npos && is_secret_parameter(pair.substr(0, equals));
    shown += hide ? std::string(pair.substr(0, equals + 1)) + std::string(removed) : std::string(pair);
    query.remove_prefix(end);
    if (query.starts_with('&')) {
      shown += '&';
      query.remove_prefix(1);
    }
  }
  return shown;
}

/// Latin-1 bytes of heads as UTF-8, for JSON takes nothing else.
std::string utf8(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xC0U | (byte >> 6U));
      result += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return result;
}

Json headers_json(const protocol::Headers& headers) {
  Json all = Json::array();
  for (const auto& [name, value] : headers) {
    all.push_back({{"name", utf8(name)}, {"value", utf8(shown_value(name, value))}});
  }
  return all;
}

double milliseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

std::string_view payload_kind(const Visit& visit) {
  if (!visit.is_verified()) return "";
  const PayloadSignature& payload = visit.payload();
  if (std::holds_alternative<SignedPayload>(payload)) return "signed";
  const auto* streamed = std::get_if<StreamedPayload>(&payload);
  if (streamed == nullptr) return "unsigned";
  if (streamed->form.signed_chunks)
    return streamed->form.trailer ? "signed chunks, trailer" : "signed chunks";
  return "unsigned chunks, trailer";
}

void add_facts_of_s3(Json& json, const Visit& visit) {
  json["operation"] = visit.operation_name();
  if (!visit.is_addressed()) return;
  const Address& address = visit.address();
  if (!address.bucket.empty()) json["bucket"] = address.bucket;
  if (!address.key.empty()) json["key"] = address.key;
  if (const auto id = visit.query().get("uploadId")) json["upload_id"] = *id;
  if (const auto number = visit.query().get("partNumber")) json["part_number"] = *number;
  if (visit.is_verified()) json["access_key"] = visit.principal().access_key;
  json["authorised"] = visit.has_target();
  if (const auto kind = payload_kind(visit); !kind.empty()) json["payload"] = kind;
  Json checksums = Json::object();
  for (const ChecksumTraits& row : checksum_table()) {
    if (const auto value = visit.headers().get(row.header)) checksums[std::string(row.header)] = utf8(*value);
  }
  if (const auto trailer = visit.headers().get("x-amz-trailer")) checksums["trailer"] = utf8(*trailer);
  if (!checksums.empty()) json["checksums"] = std::move(checksums);
}

}  // namespace

Json to_json(const Journal::Entry& entry) {
  const Visit& visit = *entry.visit;
  const VisitEnd& end = visit.end();
  Json json = {{"id", entry.id},
               {"time", protocol::iso8601(entry.time)},
               {"took_ms", milliseconds(end.took)},
               {"peer", visit.request.peer_address},
               {"method", utf8(visit.request.method)},
               {"target", utf8(shown_target(visit.request.target))}};
  add_facts_of_s3(json, visit);
  json["status"] = end.status;
  if (!end.error.empty()) json["error"] = end.error;
  if (!end.message.empty()) json["message"] = end.message;
  if (!end.cause.empty()) json["cause"] = end.cause;
  if (!end.refused_by_s3.empty()) json["refused_by_s3"] = end.refused_by_s3;
  json["bytes_in"] = end.exchange.bytes_in;
  json["bytes_out"] = end.exchange.bytes_out;
  json["cut"] = end.exchange.cut;
  json["acted"] = visit.acted();
  if (const auto attempt = sdk_attempt(visit)) json["attempt"] = *attempt;
  json["user_agent"] = utf8(visit.request.headers.value("user-agent"));
  json["request_id"] = visit.ids.request_id;
  if (const auto id = upstream_request_id(visit); !id.empty()) json["upstream_request_id"] = utf8(id);
  json["request_headers"] = headers_json(visit.request.headers);
  json["response_headers"] = headers_json(end.headers);
  Json stages = Json::object();
  for (std::size_t stage = 0; stage + 1 < stage_count; ++stage) {
    const auto name = static_cast<Stage>(stage);
    stages[std::string(to_string(name))] = milliseconds(visit.spent_in(name));
  }
  json["stages_ms"] = std::move(stages);
  return json;
}

std::string to_har(std::span<const Journal::Entry> entries, const std::string& version) {
  Json list = Json::array();
  for (const Journal::Entry& entry : entries) {
    const Visit& visit = *entry.visit;
    const VisitEnd& end = visit.end();
    const auto began = entry.time - std::chrono::duration_cast<std::chrono::milliseconds>(end.took);
    const std::string host = utf8(visit.request.headers.value("host"));
    Json query = Json::array();
    if (visit.is_addressed()) {
      for (const auto& parameter : visit.query().parameters()) {
        query.push_back(
            {{"name", parameter.name},
             {"value", is_secret_parameter(parameter.name) ? std::string(removed) : parameter.value}});
      }
    }
    const double took = milliseconds(end.took);
    list.push_back(
        {{"startedDateTime", protocol::iso8601(began)},
         {"time", took},
         {"request",
          {{"method", utf8(visit.request.method)},
           {"url", (visit.request.secure ? "https://" : "http://") + host +
                       utf8(shown_target(visit.request.target))},
           {"httpVersion", "HTTP/1.1"},
           {"cookies", Json::array()},
           {"headers", headers_json(visit.request.headers)},
           {"queryString", std::move(query)},
           {"headersSize", -1},
           {"bodySize", -1}}},
         {"response",
          {{"status", end.exchange.bytes_out == 0 ? 0 : end.status},
           {"statusText", end.error},
           {"httpVersion", "HTTP/1.1"},
           {"cookies", Json::array()},
           {"headers", headers_json(end.headers)},
           {"content",
            {{"size", end.exchange.bytes_out}, {"mimeType", utf8(end.headers.value("content-type"))}}},
           {"redirectURL", utf8(end.headers.value("location"))},
           {"headersSize", -1},
           {"bodySize", -1}}},
         {"cache", Json::object()},
         {"timings", {{"send", 0}, {"wait", took}, {"receive", 0}}},
         {"comment", fmt::format("{}{}{}", visit.operation_name(), visit.acted().empty() ? "" : "; ",
                                 fmt::join(visit.acted(), ", "))}});
  }
  const Json har = {
      {"log",
       {{"version", "1.2"}, {"creator", {{"name", "partsmith"}, {"version", version}}}, {"entries", list}}}};
  return har.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string to_table(std::span<const Journal::Entry> entries) {
  std::string table = fmt::format("{:>6}  {:<24} {:<40} {:>6}  {:<24} {}\n", "id", "operation", "resource",
                                  "status", "error", "acted");
  for (const Journal::Entry& entry : entries) {
    const Visit& visit = *entry.visit;
    std::string resource;
    if (visit.is_addressed()) {
      resource = visit.address().bucket + (visit.address().key.empty() ? "" : "/" + visit.address().key);
      if (const auto number = visit.query().get("partNumber")) resource += fmt::format(" part {}", *number);
    }
    const std::string_view operation = visit.operation_name();
    table += fmt::format("{:>6}  {:<24} {:<40} {:>6}  {:<24} {}{}\n", entry.id,
                         operation.empty() ? "-" : operation, resource, visit.end().status,
                         visit.end().error.empty() ? "-" : visit.end().error, fmt::join(visit.acted(), ", "),
                         visit.end().exchange.cut ? " (cut)" : "");
  }
  return table;
}

}  // namespace partsmith::server
