#include <fmt/format.h>
#include <fnmatch.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include <partsmith/conformance/profile.h>

#include "declared_missing.h"
#include "embedded.h"
#include "feature.h"
#include "steady_text.h"

namespace partsmith::conformance {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view folder = "profiles/";
constexpr std::string_view extension = ".json";
/// The source of what nobody has looked at.
constexpr std::string_view recorded = "recorded from a run";

/// A text that must be there, or may be missing. Throws what is wrong.
std::string text_of(const Json& object, const char* name, bool required) {
  if (!object.contains(name)) {
    if (required) throw std::invalid_argument(fmt::format("\"{}\" is missing", name));
    return {};
  }
  if (!object[name].is_string()) throw std::invalid_argument(fmt::format("\"{}\" must be a text", name));
  return object[name].get<std::string>();
}

void refuse_others(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) == known.end()) {
      throw std::invalid_argument(fmt::format("\"{}\" means nothing here", name));
    }
  }
}

const Json& list_of(const Json& object, const char* name) {
  static const Json none = Json::array();
  if (!object.contains(name)) return none;
  if (!object[name].is_array()) throw std::invalid_argument(fmt::format("\"{}\" must be a list", name));
  return object[name];
}

Deviation deviation_of(const Json& json) {
  if (!json.is_object()) throw std::invalid_argument("each of \"deviations\" must be an object");
  refuse_others(json, {"check", "reason", "source", "by_chance", "answer"});
  Deviation deviation{.check = text_of(json, "check", true),
                      .reason = text_of(json, "reason", true),
                      .source = text_of(json, "source", false),
                      .answer = text_of(json, "answer", false)};
  if (json.contains("by_chance")) {
    if (!json["by_chance"].is_boolean()) throw std::invalid_argument("\"by_chance\" must be true or false");
    deviation.by_chance = json["by_chance"].get<bool>();
  }
  if (deviation.check.empty()) throw std::invalid_argument("a deviation's \"check\" is empty");
  return deviation;
}

/// Throws for a name that no feature has.
std::string feature_named(const std::string& name) {
  if (std::ranges::find(features(), name, &Feature::name) != features().end()) return name;
  std::vector<std::string_view> names;
  for (const auto& feature : features()) names.push_back(feature.name);
  throw std::invalid_argument(
      fmt::format("\"{}\" is none of the features: {}", name, fmt::join(names, ", ")));
}

Profile profile_of(const Json& json) {
  if (!json.is_object()) throw std::invalid_argument("it must be an object");
  refuse_others(json, {"name", "title", "sources", "deviations", "not_offered", "serve"});
  Profile profile;
  profile.name = text_of(json, "name", true);
  profile.title = text_of(json, "title", true);
  for (const auto& source : list_of(json, "sources")) {
    if (!source.is_string()) throw std::invalid_argument("each of \"sources\" must be a text");
    profile.sources.push_back(source.get<std::string>());
  }
  for (const auto& deviation : list_of(json, "deviations"))
    profile.deviations.push_back(deviation_of(deviation));
  for (const auto& feature : list_of(json, "not_offered")) {
    if (!feature.is_string()) throw std::invalid_argument("each of \"not_offered\" must be a text");
    profile.not_offered.push_back(feature_named(feature.get<std::string>()));
  }
  if (json.contains("serve")) {
    if (!json["serve"].is_object()) throw std::invalid_argument("\"serve\" must be an object");
    profile.serve = json["serve"].dump();
  }
  return profile;
}

bool fits(const Deviation& deviation, const CheckResult& check) {
  if (::fnmatch(deviation.check.c_str(), check.id.c_str(), 0) != 0) return false;
  if (deviation.answer.empty()) return true;
  if (check.outcome != Outcome::unsteady || check.failures.empty()) return false;
  const auto& first = check.failures.front();
  return deviation.answer == fmt::format("{} {}", first.status, first.code);
}

const Deviation* deviation_for(const Profile& profile, const CheckResult& check) {
  const auto found =
      std::ranges::find_if(profile.deviations, [&](const Deviation& d) { return fits(d, check); });
  return found == profile.deviations.end() ? nullptr : &*found;
}

bool is_wrong(const CheckResult& check) {
  return check.differs() || check.outcome == Outcome::not_offered;
}

/// The server says itself that it hasn't what the check is about: that is no failure, and needs no row.
bool is_said(const CheckResult& check) {
  if (check.outcome != Outcome::not_offered) return false;
  return std::ranges::all_of(check.failures, [](const Failure& failure) {
    return failure.status == 501 || failure.code == "NotImplemented";
  });
}

/// Whether a profile that was made of this run has to say something of it.
bool needs_row(const CheckResult& check, const Profile& base) {
  const bool declared = check.outcome == Outcome::not_offered &&
                        std::ranges::any_of(base.not_offered, [&](const auto& feature) {
                          return check.feature == feature || needs(check.id, feature);
                        });
  return is_wrong(check) && !declared && !is_said(check);
}

std::string profile_text(const Profile& profile) {
  Json json{{"name", profile.name},
            {"title", profile.title},
            {"sources", profile.sources},
            {"not_offered", profile.not_offered},
            {"deviations", Json::array()}};
  for (const auto& deviation : profile.deviations) {
    Json row{{"check", deviation.check}, {"reason", deviation.reason}};
    if (!deviation.source.empty()) row["source"] = deviation.source;
    if (deviation.by_chance) row["by_chance"] = true;
    if (!deviation.answer.empty()) row["answer"] = deviation.answer;
    json["deviations"].push_back(std::move(row));
  }
  if (!profile.serve.empty()) json["serve"] = Json::parse(profile.serve);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

/// Without what each run makes anew.
std::string what_failed(const CheckResult& check, const RunResult& run) {
  if (check.failures.empty())
    return steady_text(check.skip_reason.empty() ? "unknown" : check.skip_reason, run);
  const auto& first = check.failures.front();
  return fmt::format("S3 answers {}; here: {}", steady_text(first.expected, run), steady_actual(first, run));
}

}  // namespace

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const auto& file : embedded_files()) {
    if (!file.name.starts_with(folder)) continue;
    const auto name = file.name.substr(folder.size());
    names.emplace_back(name.substr(0, name.size() - extension.size()));
  }
  std::ranges::sort(names);
  return names;
}

std::expected<Profile, std::string> parse_profile(std::string_view json) {
  try {
    return profile_of(Json::parse(json));
  } catch (const Json::exception& error) {
    return std::unexpected(fmt::format("it is no JSON: {}", error.what()));
  } catch (const std::invalid_argument& error) {
    return std::unexpected(error.what());
  }
}

std::expected<Profile, std::string> find_profile(const std::string& name_or_file, std::string_view flag) {
  const auto names = profile_names();
  const bool built_in = std::ranges::find(names, name_or_file) != names.end();
  std::string text;
  if (built_in) {
    text = embedded_file(fmt::format("{}{}{}", folder, name_or_file, extension));
  } else {
    std::ifstream file(name_or_file, std::ios::binary);
    std::ostringstream content;
    if (!file || !(content << file.rdbuf())) {
      return std::unexpected(
          fmt::format("{} {}: neither a file nor one of {}", flag, name_or_file, fmt::join(names, ", ")));
    }
    text = content.str();
  }
  auto profile = parse_profile(text);
  if (!profile) return std::unexpected(fmt::format("{} {}: {}", flag, name_or_file, profile.error()));
  return profile;
}

void apply(const Profile& profile, RunResult& result) {
  result.profile_name = profile.name;
  result.profile_title = profile.title;
  declare_missing(profile.not_offered, "the profile", result);
  struct Seen {
    bool ran = false;
    bool failed = false;
  };
  std::map<const Deviation*, Seen> seen;
  for (auto& check : result.checks) {
    const auto* deviation = deviation_for(profile, check);
    if (deviation == nullptr) continue;
    check.deviation = *deviation;
    seen[deviation].ran |= check.outcome == Outcome::passed || is_wrong(check);
    // What differs in what this run doesn't count is there still.
    seen[deviation].failed |= is_wrong(check) || check.beyond_level > 0;
  }
  for (const auto& deviation : profile.deviations) {
    const auto found = seen.find(&deviation);
    const bool may_pass = deviation.by_chance || !deviation.answer.empty();
    if (may_pass || found == seen.end() || !found->second.ran || found->second.failed) continue;
    result.gone.push_back(fmt::format("{}: {}", deviation.check, deviation.reason));
  }
}

std::string record_profile(const RunResult& result, const std::string& name, const Profile& base) {
  Profile made = base;
  made.name = name;
  made.title = result.label.empty() ? name : result.label;
  std::erase_if(made.deviations, [](const Deviation& row) { return row.answer.empty(); });
  for (const auto& check : result.checks) {
    const auto* known = deviation_for(base, check);
    const bool was_seen = known != nullptr && known->source == recorded;
    if (known != nullptr && !known->answer.empty()) continue;
    if (!needs_row(check, base)) {
      if (was_seen && known->by_chance) made.deviations.push_back(*known);
      continue;
    }
    // What a run told before, this one tells anew.
    Deviation row =
        known != nullptr && !was_seen
            ? *known
            : Deviation{.check = {}, .reason = what_failed(check, result), .source = std::string(recorded)};
    row.check = check.id;
    row.by_chance = check.outcome == Outcome::unsteady || (known != nullptr && known->by_chance);
    made.deviations.push_back(std::move(row));
  }
  return profile_text(made);
}

std::string add_to_profile(const RunResult& result, const Profile& profile) {
  Profile made = profile;
  for (const auto& check : result.checks) {
    const auto row = std::ranges::find(made.deviations, check.id, &Deviation::check);
    if (row != made.deviations.end()) {
      row->by_chance |= check.outcome == Outcome::passed && check.beyond_level == 0;
    } else if (needs_row(check, profile) && deviation_for(profile, check) == nullptr) {
      made.deviations.push_back({.check = check.id,
                                 .reason = what_failed(check, result),
                                 .source = std::string(recorded),
                                 .by_chance = true});
    }
  }
  return profile_text(made);
}

}  // namespace partsmith::conformance
