#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include "control/answers.h"
#include "control/endpoints.h"
#include "names.h"

namespace partsmith::server {
namespace {

using Json = nlohmann::json;
using Rules = std::expected<std::vector<FaultRule>, std::string>;

/// Rules that came by this API; the latency stands apart.
constexpr std::string_view rule_prefix = "chaos ";
constexpr std::string_view latency_rule = "chaos-latency";

constexpr auto attributes =
    std::to_array<std::string_view>({"service", "region", "operation", "probability", "error"});

/// LocalStack's rule in partsmith's words. Source: LocalStack's documentation, "Chaos API". The error is a
/// 503 ServiceUnavailable unless the rule says another.
std::expected<Json, std::string> translated(const Json& chaos) {
  if (!chaos.is_object()) return std::unexpected("a rule is an object");
  Json match = Json::object();
  Json fault = {{"type", "error"}, {"code", "ServiceUnavailable"}};
  Json rule = Json::object();
  for (const auto& [name, value] : chaos.items()) {
    if (std::ranges::find(attributes, name) == attributes.end())
      return std::unexpected(unknown_name("rule", name, attributes));
    if (name == "service") {
      if (value != "s3" && value != "*")
        return std::unexpected("\"service\" is \"s3\": there is no other here");
    } else if (name == "probability") {
      rule["probability"] = value;
    } else if (name == "error") {
      if (!value.is_object())
        return std::unexpected("\"error\" is an object with \"statusCode\" and \"code\"");
      if (value.contains("statusCode")) fault["status"] = value["statusCode"];
      if (value.contains("code")) fault["code"] = value["code"];
    } else {
      match[name] = value;
    }
  }
  rule["match"] = std::move(match);
  rule["fault"] = std::move(fault);
  return rule;
}

/// The body's rules: a list, or one. Each is named by its own text, so that it can be told back, and is
/// replaced by the same.
Rules rules_of(const std::string& body) {
  constexpr std::size_t longest = 1'000;
  const Json document = Json::parse(body, nullptr, false);
  if (document.is_discarded()) return std::unexpected("the rules are no JSON");
  const Json list = document.is_array() ? document : Json::array({document});
  Json translations = Json::array();
  for (const Json& one : list) {
    auto rule = translated(one);
    if (!rule) return std::unexpected(std::move(rule.error()));
    translations.push_back(*std::move(rule));
  }
  auto rules = parse_fault_rules(translations.dump());
  if (!rules) return rules;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string text = list[i].dump();
    if (text.size() > longest) return std::unexpected(fmt::format("a rule is longer than {} bytes", longest));
    (*rules)[i].name = std::string(rule_prefix) + text;
  }
  return rules;
}

void remove_all(FaultSet& faults) {
  for (const auto& status : faults.list()) {
    if (status.rule.name.starts_with(rule_prefix)) faults.remove(status.rule.name);
  }
}

Response add(const Asked& asked, std::vector<FaultRule> rules) {
  if (auto added = asked.world->faults->add_all(std::move(rules)); !added)
    return error_answer(409, std::move(added.error()));
  return list_chaos_faults(asked);
}

}  // namespace

Response list_chaos_faults(const Asked& asked) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& status : asked.world->faults->list()) {
    if (!status.rule.name.starts_with(rule_prefix)) continue;
    list.push_back(nlohmann::ordered_json::parse(status.rule.name.substr(rule_prefix.size())));
  }
  return json_answer(list);
}

/// In the place of those that are there.
Response set_chaos_faults(const Asked& asked) {
  auto rules = rules_of(asked.body);
  if (!rules) return error_answer(400, std::move(rules.error()));
  remove_all(*asked.world->faults);
  return add(asked, *std::move(rules));
}

Response add_chaos_faults(const Asked& asked) {
  auto rules = rules_of(asked.body);
  if (!rules) return error_answer(400, std::move(rules.error()));
  return add(asked, *std::move(rules));
}

/// Those that the body lists; without a body, all.
Response remove_chaos_faults(const Asked& asked) {
  if (asked.body.empty()) {
    remove_all(*asked.world->faults);
    return list_chaos_faults(asked);
  }
  const auto rules = rules_of(asked.body);
  if (!rules) return error_answer(400, rules.error());
  for (const FaultRule& rule : *rules) asked.world->faults->remove(rule.name);
  return list_chaos_faults(asked);
}

Response get_chaos_effects(const Asked& asked) {
  nlohmann::ordered_json effects = nlohmann::ordered_json::object();
  for (const auto& status : asked.world->faults->list()) {
    if (status.rule.name == latency_rule) effects["latency"] = status.rule.fault.milliseconds;
  }
  return json_answer(effects);
}

/// {"latency": 5000}: milliseconds before every answer; {} or 0 ends it.
Response set_chaos_effects(const Asked& asked) {
  const Json document = Json::parse(asked.body, nullptr, false);
  if (!document.is_object()) return error_answer(400, "an object with \"latency\" is wanted");
  for (const auto& [name, value] : document.items()) {
    static constexpr auto effects = std::to_array<std::string_view>({"latency"});
    if (name != "latency") return error_answer(400, unknown_name("effect", name, effects));
    if (!value.is_number_unsigned())
      return error_answer(400, "\"latency\" is a whole number of milliseconds");
  }
  const auto latency = document.value("latency", std::uint64_t{0});
  if (latency == 0) {
    asked.world->faults->remove(latency_rule);
    return get_chaos_effects(asked);
  }
  const Json rule = {{"name", latency_rule}, {"fault", {{"type", "delay"}, {"ms", latency}}}};
  auto rules = parse_fault_rules(rule.dump());
  if (!rules) return error_answer(400, std::move(rules.error()));
  if (auto added = asked.world->faults->add_all(*std::move(rules)); !added)
    return error_answer(409, std::move(added.error()));
  return get_chaos_effects(asked);
}

}  // namespace partsmith::server
