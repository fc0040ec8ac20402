#include <nlohmann/json.hpp>

#include <partsmith/protocol/path.h>

#include "control/answers.h"
#include "control/endpoints.h"
#include "faults/presets.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::ordered_json;

Json status_json(const FaultSet::Status& status) {
  Json json = to_json(status.rule);
  json["matched"] = status.matched;
  json["hits"] = status.hits;
  return json;
}

}  // namespace

Response list_faults(const Asked& asked) {
  Json list = Json::array();
  for (const auto& status : asked.world->faults->list()) list.push_back(status_json(status));
  return json_answer({{"faults", std::move(list)}});
}

/// A rule, a list of rules, or {"preset": "name"}.
Response add_faults(const Asked& asked) {
  const auto document = nlohmann::json::parse(asked.body, nullptr, false);
  std::string rules_text = asked.body;
  if (document.is_object() && document.contains("preset")) {
    if (document.size() != 1 || !document["preset"].is_string())
      return error_answer(400, "\"preset\" is a name, and stands alone");
    const auto rules = preset_rules(document["preset"].get<std::string>());
    if (!rules) return error_answer(400, rules.error());
    rules_text = *rules;
  }
  auto rules = parse_fault_rules(rules_text);
  if (!rules) return error_answer(400, std::move(rules.error()));
  Json names = Json::array();
  for (const FaultRule& rule : *rules) names.push_back(rule.name);
  if (auto added = asked.world->faults->add_all(*std::move(rules)); !added)
    return error_answer(409, std::move(added.error()));
  return json_answer({{"added", std::move(names)}}, 201);
}

Response clear_faults(const Asked& asked) {
  asked.world->faults->clear();
  return empty_answer();
}

Response get_fault(const Asked& asked) {
  const auto name = protocol::percent_decode(asked.name);
  for (const auto& status : asked.world->faults->list()) {
    if (name && status.rule.name == *name) return json_answer(status_json(status));
  }
  return error_answer(404, "no rule has that name");
}

Response remove_fault(const Asked& asked) {
  const auto name = protocol::percent_decode(asked.name);
  if (!name || !asked.world->faults->remove(*name)) return error_answer(404, "no rule has that name");
  return empty_answer();
}

Response list_presets(const Asked&) {
  Json list = Json::array();
  for (const FaultPreset& preset : fault_presets()) {
    list.push_back({{"name", preset.name},
                    {"shows", preset.shows},
                    {"bugs", preset.bugs},
                    {"rules", nlohmann::ordered_json::parse(preset.rules)}});
  }
  return json_answer({{"presets", std::move(list)}});
}

Response list_fault_types(const Asked&) {
  Json list = Json::array();
  for (const FaultTypeRow& row : fault_types()) {
    list.push_back(
        {{"name", row.name}, {"when", row.whens}, {"parameters", row.parameters}, {"text", row.text}});
  }
  return json_answer({{"fault_types", std::move(list)}});
}

}  // namespace partsmith::server
