#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include <partsmith/conformance/check.h>
#include <partsmith/conformance/result.h>

namespace partsmith::conformance {

std::string_view to_string(Level level) {
  switch (level) {
    case Level::must:
      return "must";
    case Level::should:
      return "should";
    case Level::quirk:
      return "quirk";
    case Level::text:
      return "text";
  }
  return "unknown";
}

std::optional<Level> level_by_name(std::string_view name) {
  for (const Level level : {Level::must, Level::should, Level::quirk, Level::text}) {
    if (name == to_string(level)) return level;
  }
  return std::nullopt;
}

std::string_view to_string(Need need) {
  switch (need) {
    case Need::own_bucket:
      return "a bucket of its own";
    case Need::versioning:
      return "versioning";
    case Need::object_lock:
      return "Object Lock";
    case Need::tagging:
      return "tagging";
    case Need::post_forms:
      return "POST forms";
    case Need::lifecycle:
      return "lifecycle rules";
    case Need::cors:
      return "CORS";
    case Need::encryption:
      return "bucket encryption";
    case Need::acl:
      return "ACLs";
    case Need::other_region:
      return "a region other than us-east-1";
    case Need::second_account:
      return "a second account";
  }
  return "unknown";
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::failed:
      return "failed";
    case Outcome::unsteady:
      return "unsteady";
    case Outcome::busy:
      return "busy";
    case Outcome::no_right:
      return "no-right";
    case Outcome::not_offered:
      return "not-offered";
    case Outcome::skipped:
      return "skipped";
    case Outcome::error:
      return "error";
  }
  return "unknown";
}

std::size_t RunResult::count(Outcome outcome) const {
  std::size_t found = 0;
  for (const auto& check : checks) found += check.outcome == outcome ? 1U : 0U;
  return found;
}

std::string_view family_of(std::string_view id) {
  const auto dot = id.rfind('.');
  return dot == std::string_view::npos ? id : id.substr(0, dot);
}

bool CheckResult::fails_in_error_text_alone() const {
  return !failures.empty() && std::ranges::all_of(failures, &Failure::in_error_text);
}

bool CheckResult::fails_in_text_alone() const {
  return !failures.empty() && failed_level() == Level::text;
}

Source CheckResult::known_from() const {
  try {
    return read_source(source);
  } catch (const std::invalid_argument&) {
    return {};
  }
}

Level CheckResult::failed_level() const {
  if (failures.empty()) return level;
  return std::max(level, std::ranges::min(failures, {}, &Failure::level).level);
}

std::size_t RunResult::beyond_profile() const {
  return static_cast<std::size_t>(std::ranges::count_if(checks, &CheckResult::fails_beyond_profile));
}

std::size_t RunResult::in_text_alone() const {
  return static_cast<std::size_t>(std::ranges::count_if(checks, [](const CheckResult& check) {
    return check.fails_beyond_profile() && check.fails_in_text_alone();
  }));
}

std::size_t RunResult::missing_beyond_profile() const {
  const auto unexpected = [this](const MissingFeature& feature) {
    return !feature.said && !feature.declared && std::ranges::any_of(checks, [&](const CheckResult& check) {
      return check.outcome == Outcome::not_offered && check.skip_reason == feature.evidence &&
             !check.deviation;
    });
  };
  return static_cast<std::size_t>(std::ranges::count_if(missing, unexpected));
}

std::vector<Score> RunResult::scores() const {
  std::map<std::pair<std::string, Level>, Score> scores;
  for (const auto& check : checks) {
    if (check.outcome != Outcome::passed && !check.differs()) continue;
    auto& score = scores[{check.feature, check.level}];
    score.feature = check.feature;
    score.level = check.level;
    score.passed += check.outcome == Outcome::passed ? 1U : 0U;
    ++score.judged;
  }
  std::vector<Score> list;
  for (auto& [key, score] : scores) list.push_back(std::move(score));
  return list;
}

Cost RunResult::spent() const {
  Cost sum;
  for (const auto& check : checks) {
    sum += check.spent;
    sum += check.cleaning;
  }
  return sum;
}

}  // namespace partsmith::conformance
