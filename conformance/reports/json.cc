#include <nlohmann/json.hpp>

#include <partsmith/conformance/reports.h>
#include <partsmith/protocol/dates.h>

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
  if (failure.in_error_text) json["in_error_text"] = true;
  return json;
}

Json json_of(const CheckResult& check) {
  Json json{{"id", check.id},
            {"title", check.title},
            {"level", to_string(check.level)},
            {"source", check.source},
            {"outcome", to_string(check.outcome)}};
  json["needs"] = Json::array();
  for (const auto need : check.needs) json["needs"].push_back(to_string(need));
  if (check.outcome == Outcome::skipped) json["skip_reason"] = check.skip_reason;
  if (check.outcome == Outcome::error) json["defect"] = check.defect;
  if (check.outcome == Outcome::failed) {
    json["reproduce"] = check.reproduce;
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
            {"lost", result.lost},
            {"totals",
             {{"passed", result.count(Outcome::passed)},
              {"failed", result.beyond_profile()},
              {"expected", result.count(Outcome::failed) - result.beyond_profile()},
              {"skipped", result.count(Outcome::skipped)},
              {"error", result.count(Outcome::error)}}},
            {"estimate", json_of(result.estimate)},
            {"spent", json_of(result.spent())},
            {"checks", Json::array()},
            {"leftovers", result.leftovers}};
  if (!result.profile_name.empty()) {
    json["profile"] = {{"name", result.profile_name}, {"title", result.profile_title}};
    json["gone"] = result.gone;
  }
  for (const auto& check : result.checks) json["checks"].push_back(json_of(check));
  // A server may send anything: bytes that are no UTF-8 are replaced.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace partsmith::conformance
