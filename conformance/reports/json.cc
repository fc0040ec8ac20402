#include <nlohmann/json.hpp>

#include <algorithm>

#include <partsmith/conformance/reports.h>
#include <partsmith/protocol/dates.h>
#include <partsmith/scripts/python_script.h>

namespace partsmith::conformance {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Cost& cost) {
  return {{"requests", cost.requests}, {"bytes", cost.bytes}};
}

Json json_of(const Failure& failure) {
  Json json{{"expected", failure.expected},
            {"actual", failure.actual},
            {"sent", failure.sent},
            {"received", failure.received}};
  json["level"] = to_string(failure.level);
  if (failure.in_error_text) json["in_error_text"] = true;
  if (failure.is_new) json["new"] = true;
  if (!failure.received_again.empty()) json["received_again"] = failure.received_again;
  return json;
}

/// What stands before and behind the part that all scripts share.
Json json_of_script(std::string_view script) {
  const auto common = scripts::common_part();
  const auto at = script.find(common);
  if (at == std::string_view::npos) return Json::array({script, ""});
  return Json::array({script.substr(0, at), script.substr(at + common.size())});
}

Json json_of(const CheckResult& check) {
  const auto source = check.known_from();
  Json json{{"id", check.id},
            {"title", check.title},
            {"level", to_string(check.level)},
            {"source", check.source},
            {"grade", to_string(source.grade)},
            {"feature", check.feature},
            {"outcome", to_string(check.outcome)}};
  json["links"] = Json::array();
  for (const auto& link : source.links) json["links"].push_back({{"text", link.text}, {"url", link.url}});
  json["needs"] = Json::array();
  for (const auto need : check.needs) json["needs"].push_back(to_string(need));
  // Why it was skipped, can't be judged, or isn't there.
  if (!check.skip_reason.empty()) json["skip_reason"] = check.skip_reason;
  if (!check.sent_again.empty()) json["sent_again"] = check.sent_again;
  if (check.beyond_level > 0) json["beyond_level"] = check.beyond_level;
  if (check.differs()) json["text_alone"] = check.fails_in_text_alone();
  if (check.outcome == Outcome::error) json["defect"] = check.defect;
  if (!check.failures.empty()) {
    if (!check.script.empty()) json["script"] = json_of_script(check.script);
    if (!check.reproduce.empty()) json["reproduce"] = check.reproduce;
    json["failures"] = Json::array();
    for (const auto& failure : check.failures) json["failures"].push_back(json_of(failure));
  }
  if (check.deviation) {
    json["deviation"] = {{"check", check.deviation->check},
                         {"reason", check.deviation->reason},
                         {"source", check.deviation->source}};
  }
  json["spent"] = json_of(check.spent);
  json["cleaning"] = json_of(check.cleaning);
  json["milliseconds"] = check.time.count();
  return json;
}

/// "no_right".
std::string name_of(Outcome outcome) {
  std::string name(to_string(outcome));
  std::ranges::replace(name, '-', '_');
  return name;
}

Json totals_of(const RunResult& result) {
  Json totals;
  for (const auto outcome : all_outcomes) totals[name_of(outcome)] = result.count(outcome);
  const auto expected = [](Outcome outcome) {
    return [outcome](const CheckResult& check) { return check.outcome == outcome && check.deviation; };
  };
  const auto failed = std::ranges::count_if(result.checks, expected(Outcome::failed));
  const auto unsteady = std::ranges::count_if(result.checks, expected(Outcome::unsteady));
  totals["failed"] = result.count(Outcome::failed) - static_cast<std::size_t>(failed);
  totals["unsteady"] = result.count(Outcome::unsteady) - static_cast<std::size_t>(unsteady);
  totals["expected"] = failed + unsteady;
  totals["text_alone"] = result.in_text_alone();
  return totals;
}

Json scores_of(const RunResult& result) {
  auto json = Json::array();
  for (const auto& score : result.scores()) {
    json.push_back({{"feature", score.feature},
                    {"level", to_string(score.level)},
                    {"passed", score.passed},
                    {"judged", score.judged}});
  }
  return json;
}

Json missing_of(const RunResult& result) {
  auto json = Json::array();
  for (const auto& feature : result.missing) {
    json.push_back({{"feature", feature.name},
                    {"evidence", feature.evidence},
                    {"said", feature.said},
                    {"declared", feature.declared},
                    {"checks", feature.checks}});
  }
  return json;
}

}  // namespace

std::string json_report(const RunResult& result) {
  Json json{{"partsmith", result.partsmith},
            {"label", result.label},
            {"endpoint", result.endpoint},
            {"region", result.region},
            {"bucket", result.bucket},
            {"run", result.run_id},
            {"started", protocol::iso8601(result.started)},
            {"milliseconds", result.time.count()},
            {"stopped", result.stopped},
            {"falls", result.falls},
            {"lost", result.lost},
            {"level", to_string(result.level)},
            {"totals", totals_of(result)},
            {"scores", scores_of(result)},
            {"missing", missing_of(result)},
            {"estimate", json_of(result.estimate)},
            {"spent", json_of(result.spent())},
            {"script_common_part", scripts::common_part()},
            {"checks", Json::array()},
            {"leftovers", result.leftovers}};
  if (!result.profile_name.empty()) {
    json["profile"] = {{"name", result.profile_name}, {"title", result.profile_title}};
  }
  if (!result.profile_name.empty() || !result.gone.empty()) json["gone"] = result.gone;
  for (const auto& check : result.checks) json["checks"].push_back(json_of(check));
  // A server may send anything: bytes that are no UTF-8 are replaced.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace partsmith::conformance
