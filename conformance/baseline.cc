#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

#include <partsmith/conformance/baseline.h>

#include "declared_missing.h"
#include "steady_text.h"

namespace partsmith::conformance {
namespace {

using Json = nlohmann::ordered_json;
using Difference = Baseline::Difference;

std::string text_of(const Json& object, const char* name) {
  if (!object.contains(name) || !object[name].is_string())
    throw std::invalid_argument(fmt::format("\"{}\" must be a text", name));
  return object[name].get<std::string>();
}

const Json& list_of(const Json& object, const char* name) {
  if (!object.contains(name) || !object[name].is_array())
    throw std::invalid_argument(fmt::format("\"{}\" must be a list", name));
  return object[name];
}

Baseline baseline_of(const Json& json) {
  if (!json.is_object()) throw std::invalid_argument("it must be an object");
  Baseline baseline;
  for (const auto& one : list_of(json, "differences")) {
    if (!one.is_object()) throw std::invalid_argument("each of \"differences\" must be an object");
    baseline.differences.push_back({text_of(one, "check"), text_of(one, "expected"), text_of(one, "actual"),
                                    one.contains("reason") ? text_of(one, "reason") : ""});
  }
  for (const auto& feature : list_of(json, "not_offered")) {
    if (!feature.is_string()) throw std::invalid_argument("each of \"not_offered\" must be a text");
    baseline.not_offered.push_back(feature.get<std::string>());
  }
  return baseline;
}

/// Of a failing check, as a baseline has it.
Difference difference_of(const CheckResult& check, const Failure& failure, const RunResult& result) {
  return {check.id, steady_text(failure.expected, result), steady_actual(failure, result)};
}

bool same(const Difference& a, const Difference& b) {
  return a.check == b.check && a.expected == b.expected && a.actual == b.actual;
}

class Applying {
 public:
  Applying(const Baseline& baseline, RunResult& result) : result_(result) {
    for (const auto& difference : baseline.differences) known_[difference.check].push_back(&difference);
  }

  void look_at(CheckResult& check) {
    const auto known = known_.find(check.id);
    if (known == known_.end() || check.deviation) return;
    if (check.outcome == Outcome::passed) {
      for (const auto* one : known->second) note_gone(*one);
    } else if (check.differs()) {
      compare(check, known->second);
    }
  }

 private:
  void compare(CheckResult& check, const std::vector<const Difference*>& known) {
    std::set<const Difference*> seen;
    std::string reason;
    bool all_known = true;
    for (auto& failure : check.failures) {
      const auto now = difference_of(check, failure, result_);
      const auto found = std::ranges::find_if(known, [&](const auto* one) { return same(*one, now); });
      failure.is_new = found == known.end();
      all_known = all_known && !failure.is_new;
      if (failure.is_new) continue;
      seen.insert(*found);
      if (reason.empty()) reason = (*found)->reason;
    }
    if (!all_known) return;
    check.deviation = {check.id, reason.empty() ? "it is in the baseline" : reason, "the baseline"};
    // One that is right now and then may be so next time.
    if (check.outcome == Outcome::unsteady) return;
    for (const auto* one : known) {
      if (!seen.contains(one)) note_gone(*one);
    }
  }

  void note_gone(const Difference& one) {
    result_.gone.push_back(
        fmt::format("{}: S3 answers {}; the baseline has: {}", one.check, one.expected, one.actual));
  }

  RunResult& result_;
  std::map<std::string, std::vector<const Difference*>> known_;
};

/// Of these nothing new is known.
bool is_unjudged(const CheckResult& check) {
  return check.outcome != Outcome::passed && check.outcome != Outcome::not_offered && !check.differs();
}

Json json_of(const Difference& difference) {
  Json json{{"check", difference.check}, {"expected", difference.expected}, {"actual", difference.actual}};
  if (!difference.reason.empty()) json["reason"] = difference.reason;
  return json;
}

std::vector<Difference> differences_of(const CheckResult& check, const RunResult& result,
                                       const Baseline& before) {
  std::vector<Difference> list;
  const bool unsteady = check.outcome == Outcome::unsteady;
  for (const auto& known : before.differences) {
    if (known.check == check.id && (is_unjudged(check) || unsteady)) list.push_back(known);
  }
  if (!check.differs()) return list;
  for (const auto& failure : check.failures) {
    auto now = difference_of(check, failure, result);
    if (std::ranges::any_of(list, [&](const auto& one) { return same(one, now); })) continue;
    const auto known =
        std::ranges::find_if(before.differences, [&](const auto& one) { return same(one, now); });
    if (known != before.differences.end()) now.reason = known->reason;
    list.push_back(std::move(now));
  }
  return list;
}

/// A check that isn't part of this run keeps what it has.
void keep_others(Json& list, const RunResult& result, const Baseline& before) {
  for (const auto& known : before.differences) {
    if (std::ranges::find(result.checks, known.check, &CheckResult::id) == result.checks.end())
      list.push_back(json_of(known));
  }
}

}  // namespace

std::expected<Baseline, std::string> parse_baseline(std::string_view json) {
  try {
    return baseline_of(Json::parse(json));
  } catch (const Json::exception& error) {
    return std::unexpected(fmt::format("it is no JSON: {}", error.what()));
  } catch (const std::invalid_argument& error) {
    return std::unexpected(error.what());
  }
}

void apply(const Baseline& baseline, RunResult& result) {
  declare_missing(baseline.not_offered, "the baseline", result);
  Applying applying(baseline, result);
  for (auto& check : result.checks) applying.look_at(check);
}

std::string record_baseline(const RunResult& result, const Baseline& before) {
  auto differences = Json::array();
  for (const auto& check : result.checks) {
    // What a profile expects needs no second place.
    if (check.deviation && check.deviation->source != "the baseline") continue;
    for (const auto& one : differences_of(check, result, before)) differences.push_back(json_of(one));
  }
  keep_others(differences, result, before);
  auto not_offered = Json::array();
  for (const auto& feature : result.missing) {
    if (!feature.said) not_offered.push_back(feature.name);
  }
  const Json json{
      {"partsmith", result.partsmith}, {"differences", differences}, {"not_offered", not_offered}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace partsmith::conformance
