#include <nlohmann/json.hpp>

#include <array>

#include <partsmith/faults.h>

namespace partsmith {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array whens = {"before", "during-request", "after-commit", "during-response"};
constexpr std::array untils = {"retry", "complete", "abort"};

void add_text(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}
template <class Value>
void add_if(Json& json, const char* name, const std::optional<Value>& value) {
  if (value) json[name] = *value;
}
void add_if(Json& json, const char* name, const std::optional<std::chrono::seconds>& time) {
  if (time) json[name] = time->count();
}

struct ToJson {
  Json operator()(const faults::Error& fault) const {
    Json json = {{"type", "error"}};
    add_text(json, "code", fault.code);
    add_if(json, "status", fault.status);
    add_text(json, "message", fault.message);
    add_if(json, "retry_after", fault.retry_after);
    return json;
  }
  Json operator()(const faults::ErrorIn200& fault) const {
    Json json = {{"type", "error-in-200"}};
    add_text(json, "code", fault.code);
    add_text(json, "message", fault.message);
    return json;
  }
  Json operator()(const faults::Reset& fault) const {
    return {{"type", "reset"}, {"after_bytes", fault.after_bytes}};
  }
  Json operator()(const faults::Close& fault) const {
    return {{"type", "close"}, {"after_bytes", fault.after_bytes}};
  }
  Json operator()(const faults::Hang& fault) const {
    return {{"type", "hang"}, {"after_bytes", fault.after_bytes}, {"ms", fault.time.count()}};
  }
  Json operator()(const faults::Truncate& fault) const {
    return {{"type", "truncate"}, {"after_bytes", fault.after_bytes}};
  }
  Json operator()(const faults::Corrupt& fault) const {
    return {{"type", "corrupt"}, {"after_bytes", fault.after_bytes}, {"bit", fault.bit}};
  }
  Json operator()(const faults::Delay& fault) const {
    return {{"type", "delay"}, {"after_bytes", fault.after_bytes}, {"ms", fault.time.count()}};
  }
  Json operator()(const faults::Throttle& fault) const {
    return {{"type", "throttle"}, {"bytes_per_second", fault.bytes_per_second}};
  }
  Json operator()(const faults::Slice& fault) const { return {{"type", "slice"}, {"bytes", fault.bytes}}; }
  Json operator()(const faults::WrongEtag&) const { return {{"type", "wrong-etag"}}; }
  Json operator()(const faults::DropHeader& fault) const {
    return {{"type", "drop-header"}, {"header", fault.header}};
  }
  Json operator()(const faults::LateCommit& fault) const {
    return {{"type", "late-commit"},
            {"until", untils.at(static_cast<std::size_t>(fault.until))},
            {"answered", fault.answered}};
  }
  Json operator()(const faults::StaleListing& fault) const {
    Json json = {{"type", "stale-listing"}};
    add_if(json, "seconds", fault.younger_than);
    return json;
  }
  Json operator()(const faults::Redirect& fault) const {
    Json json = {{"type", "redirect"}};
    add_text(json, "region", fault.region);
    return json;
  }
  Json operator()(const faults::ExpiredToken&) const { return {{"type", "expired-token"}}; }
  Json operator()(const faults::NoContinue&) const { return {{"type", "no-continue"}}; }
  Json operator()(const faults::PartLost&) const { return {{"type", "part-lost"}}; }
  Json operator()(const faults::UploadExpired&) const { return {{"type", "upload-expired"}}; }
};

Json match_json(const FaultMatch& match) {
  Json json = Json::object();
  if (!match.operations.empty()) json["operation"] = match.operations;
  add_text(json, "method", match.method);
  add_text(json, "bucket", match.bucket);
  add_text(json, "key", match.key);
  add_text(json, "upload_id", match.upload_id);
  if (match.part_numbers) {
    json["part_number"] =
        std::to_string(match.part_numbers->first) + '-' + std::to_string(match.part_numbers->second);
  }
  add_text(json, "access_key", match.access_key);
  if (!match.headers.empty()) json["header"] = match.headers;
  add_if(json, "attempt", match.attempt);
  add_text(json, "user_agent", match.user_agent);
  return json;
}

}  // namespace

std::string to_json(const FaultRule& rule) {
  Json json = Json::object();
  add_text(json, "name", rule.name);
  json["match"] = match_json(rule.match);
  json["skip"] = rule.skip;
  add_if(json, "times", rule.times);
  json["probability"] = rule.probability;
  json["seed"] = rule.seed;
  add_if(json, "ttl", rule.lifetime);
  if (rule.when) json["when"] = whens.at(static_cast<std::size_t>(*rule.when));
  json["fault"] = std::visit(ToJson(), rule.fault);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace partsmith
