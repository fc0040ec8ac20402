#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <partsmith/conformance/reports.h>
#include <partsmith/values/digest.h>
#include <partsmith/values/encoding.h>

#include "steady_text.h"

namespace partsmith::conformance {
namespace {

using Json = nlohmann::ordered_json;

std::string_view severity_of(Level level) {
  switch (level) {
    case Level::must:
      return "error";
    case Level::should:
      return "warning";
    case Level::quirk:
    case Level::text:
      break;
  }
  return "note";
}

Json rule_of(const CheckResult& check) {
  const auto source = check.known_from();
  Json rule{{"id", check.id},
            {"shortDescription", {{"text", check.title}}},
            {"fullDescription", {{"text", fmt::format("{}. Known from: {}", check.title, check.source)}}},
            {"defaultConfiguration", {{"level", severity_of(check.level)}}},
            {"properties", {{"tags", {check.feature, to_string(check.level), to_string(source.grade)}}}}};
  if (!source.links.empty()) rule["helpUri"] = source.links.front().url;
  return rule;
}

/// The same for the same difference, in whichever run.
std::string fingerprint_of(const CheckResult& check, const RunResult& result) {
  std::string text = check.id;
  for (const auto& failure : check.failures)
    text += '\n' + steady_text(failure.expected, result) + '\n' + steady_actual(failure, result);
  return to_hex(sha256(as_bytes(text)));
}

std::string message_of(const CheckResult& check) {
  std::string text = check.title + '.';
  for (const auto& failure : check.failures)
    text += fmt::format("\nS3 answers {}, not {}", failure.expected, failure.actual);
  return text;
}

Json result_of(const CheckResult& check, std::size_t rule, const RunResult& result) {
  // A server has no lines; GitHub wants a file all the same.
  const Json place{{"artifactLocation", {{"uri", "s3-conformance/" + check.id}}},
                   {"region", {{"startLine", 1}}}};
  Json json{{"ruleId", check.id},
            {"ruleIndex", rule},
            {"level", severity_of(check.failed_level())},
            {"message", {{"text", message_of(check)}}},
            {"locations",
             {{{"physicalLocation", place},
               {"logicalLocations", {{{"fullyQualifiedName", check.id}, {"kind", "check"}}}}}}},
            {"partialFingerprints", {{"difference/v1", fingerprint_of(check, result)}}}};
  if (check.deviation) {
    json["suppressions"] = Json::array();
    json["suppressions"].push_back({{"kind", "external"}, {"justification", check.deviation->reason}});
  }
  return json;
}

}  // namespace

std::string sarif_report(const RunResult& result) {
  auto rules = Json::array();
  auto results = Json::array();
  for (const auto& check : result.checks) {
    if (!check.differs()) continue;
    results.push_back(result_of(check, rules.size(), result));
    rules.push_back(rule_of(check));
  }
  const Json tool{
      {"driver", {{"name", "partsmith conform"}, {"version", result.partsmith}, {"rules", rules}}}};
  Json run{{"tool", tool},
           {"automationDetails",
            {{"id", "s3-conformance/" + (result.label.empty() ? result.endpoint : result.label)}}},
           {"results", results}};
  const Json json{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                  {"version", "2.1.0"},
                  {"runs", Json::array({run})}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace partsmith::conformance
