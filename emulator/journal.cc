#include <nlohmann/json.hpp>

#include <ostream>

#include <partsmith/emulator.h>
#include <partsmith/server/steering.h>

#include "outcome.h"

namespace partsmith {
namespace {

using Json = nlohmann::json;

Json filter_json(const JournalFilter& filter) {
  Json json = Json::object();
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) json[name] = text;
  };
  add("operation", filter.operation);
  add("method", filter.method);
  add("bucket", filter.bucket);
  add("key", filter.key);
  add("upload_id", filter.upload_id);
  add("part_number", filter.part_number);
  add("access_key", filter.access_key);
  add("error", filter.error);
  add("user_agent", filter.user_agent);
  add("acted", filter.acted);
  if (filter.status) json["status"] = std::to_string(*filter.status);
  if (filter.after > 0) json["after"] = filter.after;
  return json;
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

JournalEntry::Headers headers_of(const Json& list) {
  JournalEntry::Headers headers;
  for (const Json& one : list) {
    headers.emplace_back(one.at("name").get<std::string>(), one.at("value").get<std::string>());
  }
  return headers;
}

JournalEntry entry_of(const nlohmann::ordered_json& entry) {
  JournalEntry result;
  const auto text = [&](const char* name) { return entry.value(name, std::string()); };
  result.id = entry.at("id").get<std::uint64_t>();
  result.time = text("time");
  result.took = std::chrono::duration<double, std::milli>(entry.at("took_ms").get<double>());
  result.operation = text("operation");
  result.method = text("method");
  result.target = text("target");
  result.bucket = text("bucket");
  result.key = text("key");
  result.upload_id = text("upload_id");
  result.part_number = text("part_number");
  result.access_key = text("access_key");
  result.status = entry.at("status").get<int>();
  result.error = text("error");
  result.message = text("message");
  result.cause = text("cause");
  result.bytes_in = entry.at("bytes_in").get<std::uint64_t>();
  result.bytes_out = entry.at("bytes_out").get<std::uint64_t>();
  result.cut = entry.at("cut").get<bool>();
  result.acted = entry.at("acted").get<std::vector<std::string>>();
  if (entry.contains("attempt")) result.attempt = entry.at("attempt").get<unsigned>();
  result.user_agent = text("user_agent");
  result.request_headers = headers_of(entry.at("request_headers"));
  result.response_headers = headers_of(entry.at("response_headers"));
  result.json = entry.dump(-1, ' ', false, Json::error_handler_t::replace);
  return result;
}

}  // namespace

std::vector<JournalEntry> EmulatorJournal::entries(const JournalFilter& filter) const {
  const auto text = value_or_throw("journal", world_->journal(text_of(filter_json(filter))));
  std::vector<JournalEntry> entries;
  for (const auto& entry : nlohmann::ordered_json::parse(text)) entries.push_back(entry_of(entry));
  return entries;
}

Verdict EmulatorJournal::expect(const Expectation& expectation) const {
  Json json = filter_json(expectation.filter);
  const auto add = [&](const char* name, const std::optional<std::uint64_t>& number) {
    if (number) json[name] = *number;
  };
  add("count", expectation.count);
  add("at_least", expectation.at_least);
  add("at_most", expectation.at_most);
  if (!expectation.distinct.empty()) json["distinct"] = expectation.distinct;
  auto found = value_or_throw("journal", world_->expect(text_of(json)));
  return {found.as_expected, found.count, std::move(found.text)};
}

std::string EmulatorJournal::har(const JournalFilter& filter) const {
  return value_or_throw("journal", world_->har(text_of(filter_json(filter))));
}

void EmulatorJournal::clear() const {
  world_->clear_journal();
}

std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
  return verdict.holds ? out << "as expected, found " << verdict.found : out << verdict.text;
}

}  // namespace partsmith
