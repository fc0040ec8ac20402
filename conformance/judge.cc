#include "judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "feature.h"

namespace partsmith::conformance {
namespace {

/// The first of what clients act on: not of wording, decoration and the fields of an error, unless there is
/// nothing else.
const Failure& main_of(const CheckResult& check) {
  auto found = std::ranges::find_if(
      check.failures, [](const auto& one) { return one.level != Level::text && !one.in_error_text; });
  if (found == check.failures.end())
    found = std::ranges::find_if(check.failures, [](const auto& one) { return one.level != Level::text; });
  return found == check.failures.end() ? check.failures.front() : *found;
}

/// A lock is no lack of a right, nor is the claim that there is one.
bool speaks_of_locks(const Failure& failure) {
  return failure.received.contains("object lock") || failure.received.contains("WORM");
}

/// Whether the key may simply not be allowed what was asked. Where the answer should have been a refusal,
/// refusing is no lack of a right.
bool may_lack_right(const Failure& failure, const Evidence& evidence) {
  const bool denied = failure.status == 403 && (failure.code == "AccessDenied" || failure.code.empty());
  if (!denied || !failure.expected.starts_with("status ") || failure.expected == "status 403") return false;
  if (speaks_of_locks(failure)) return false;
  if (failure.operation.ends_with(unsigned_mark)) return false;  // no key can be given the right
  return !evidence.was_allowed(failure.operation) ||
         (failure.expected == "status 404" && !evidence.may_list());
}

void tell_missing_rights(RunResult& result, const Evidence& evidence) {
  for (auto& check : result.checks) {
    if (!check.differs() || !may_lack_right(main_of(check), evidence)) continue;
    check.outcome = Outcome::no_right;
    check.skip_reason = fmt::format("the key may not be allowed this: {} was answered {} each time",
                                    main_of(check).operation, "AccessDenied (403)");
  }
}

std::string evidence_of(const CheckResult& check) {
  const auto& failure = main_of(check);
  return fmt::format("{}: S3 answers {}; here: {}", check.id, failure.expected, failure.actual);
}

/// "Not implemented" in a server's own words.
bool says_not_implemented(const Failure& failure) {
  return failure.status == 501 || failure.code == "NotImplemented";
}

/// A right refusal in other words shows that the feature is there.
bool shows_absence(const Failure& failure) {
  return failure.level != Level::text && !failure.in_error_text && !failure.expected.starts_with("Code ");
}

/// What a server hasn't that says so of an operation.
std::string_view missing_by(const std::string& operation) {
  return operation.ends_with("?partNumber ?uploadId copied") ? copies_of_parts : operation;
}

/// Whether the error is about something that the operation alone has: NoSuchUpload, NoSuchTagSet.
bool knows_the_operation(std::string_view code) {
  return code.starts_with("NoSuch") && code != "NoSuchKey" && code != "NoSuchBucket";
}

/// What only the making and the deletion of a bucket are refused with, only the reading of an object, and no
/// list of uploads.
bool is_about_the_thing_itself(const std::string& operation, std::string_view code) {
  if (operation == "GET object ?uploadId") return code == "NoSuchKey";
  if (operation == "GET bucket ?uploads") return code == "NoSuchUpload";
  return operation.contains(" bucket ?") &&
         (code == "BucketNotEmpty" || code == "BucketAlreadyExists" || code == "BucketAlreadyOwnedByYou");
}

class Features {
 public:
  Features(RunResult& result, const Evidence& evidence) : result_(result), evidence_(evidence) {
    for (auto& check : result.checks) by_feature_[check.feature].push_back(&check);
  }

  void tell_missing() {
    for (const auto& feature : features()) {
      const auto found = by_feature_.find(std::string(feature.name));
      if (found == by_feature_.end()) continue;
      tell_said(feature, found->second);
      tell_shown(feature, found->second);
    }
    for (auto* check : by_feature_[std::string(core_feature)]) {
      if (check->outcome == Outcome::not_offered) note(core_feature, *check, check->skip_reason, true);
      if (check->differs()) tell_missing_operation(*check);
    }
    tell_what_needs_them();
  }

  /// What never works, many checks need on the way to something else: a server may take it for another
  /// operation, and refuse that. One that knows the operation, and refuses it each time, is wrong.
  void tell_operations_that_never_work() {
    constexpr std::size_t many = 4;
    std::map<std::string, Checks> by_operation;
    for (auto& check : result_.checks) {
      if (check.outcome != Outcome::failed) continue;
      const auto& failure = main_of(check);
      const bool is_refused = failure.status >= 400 && failure.expected.starts_with("status 2");
      const bool is_plain = !failure.operation.contains('?');
      if (is_refused && !is_plain && !knows_the_operation(failure.code) &&
          !evidence_.was_allowed(failure.operation))
        by_operation[std::string(missing_by(failure.operation))].push_back(&check);
    }
    for (const auto& [operation, checks] : by_operation) {
      if (checks.size() < many) continue;
      const auto told = evidence_of(*checks.front());
      for (auto* check : checks) note(operation, *check, told, false);
    }
  }

  /// Who doesn't know a sub-resource takes the request for one to the bucket itself, which is made or
  /// deleted, or to the object.
  void tell_sub_resources_that_are_not_known() {
    std::map<std::string, Checks> by_operation;
    std::set<std::string> taken;
    for (auto& check : result_.checks) {
      if (check.outcome != Outcome::failed) continue;
      const auto& [operation, code] = std::tie(main_of(check).operation, main_of(check).code);
      const bool is_about_itself = is_about_the_thing_itself(operation, code);
      if (is_about_itself) taken.insert(operation);
      if (is_about_itself || code == "NoSuchBucket") by_operation[operation].push_back(&check);
    }
    for (const auto& operation : taken) {
      const auto& checks = by_operation[operation];
      const auto told = evidence_of(*checks.front());
      for (auto* check : checks) note(operation, *check, told, false);
    }
  }

  /// ETags without their quotes are one difference for each operation that tells them so.
  void tell_missing_quotes() {
    std::map<std::string, Checks> by_operation;
    for (auto& check : result_.checks) {
      if (lacks_quotes_alone(check))
        by_operation["quotes of ETags: " + main_of(check).operation].push_back(&check);
    }
    for (const auto& [name, checks] : by_operation) {
      if (checks.size() < 2) continue;
      const auto evidence = evidence_of(*checks.front());
      for (auto* check : checks) note(name, *check, evidence, false);
    }
  }

  /// Who never tells a code, and another one in its place, differs in one thing.
  void tell_codes_that_are_others() {
    constexpr std::size_t many = 4;
    std::map<std::string, Checks> by_codes;
    for (auto& check : result_.checks) {
      if (auto name = code_in_place_of_another(check); !name.empty()) by_codes[name].push_back(&check);
    }
    for (const auto& [name, checks] : by_codes) {
      if (checks.size() < many) continue;
      const auto evidence = evidence_of(*checks.front());
      for (auto* check : checks) note(name, *check, evidence, false);
    }
  }

  /// An error that is right but for a field that it hasn't is told once, wherever it is met: clients go by
  /// its code.
  void tell_missing_fields() {
    std::map<std::string, Checks> by_field;
    for (auto& check : result_.checks) {
      if (auto name = fields_that_are_missing(check); !name.empty()) by_field[name].push_back(&check);
    }
    for (const auto& [name, checks] : by_field) {
      if (checks.size() < 2) continue;
      const auto evidence = evidence_of(*checks.front());
      for (auto* check : checks) note(name, *check, evidence, false);
    }
  }

 private:
  using Checks = std::vector<CheckResult*>;

  /// "UploadId of NoSuchUpload"; empty where more differs than that.
  static std::string fields_that_are_missing(const CheckResult& check) {
    if (check.outcome != Outcome::failed) return {};
    std::set<std::string> names;
    std::set<std::string> codes;
    for (const auto& failure : check.failures) {
      if (failure.level == Level::text) continue;
      const auto name = failure.claim.name;
      if (!failure.in_error_text || name.empty() || failure.actual != "no " + name) return {};
      names.insert(name);
      codes.insert(failure.code);
    }
    return names.empty() ? "" : fmt::format("{} of {}", fmt::join(names, ", "), fmt::join(codes, ", "));
  }

  static bool lacks_quotes_alone(const CheckResult& check) {
    if (check.outcome != Outcome::failed || main_of(check).level == Level::text) return false;
    return std::ranges::all_of(check.failures, [](const Failure& failure) {
      const auto& [about, name, value] = failure.claim;
      const bool is_quoted = value.size() > 2 && value.starts_with('"') && value.ends_with('"');
      return failure.level == Level::text ||
             (about == "element" && name.ends_with("ETag") && is_quoted &&
              failure.actual == fmt::format("{} '{}'", name, value.substr(1, value.size() - 2)));
    });
  }

  /// "SignatureDoesNotMatch, told as AccessDenied"; empty where more differs than that, or where the code is
  /// told elsewhere.
  std::string code_in_place_of_another(const CheckResult& check) const {
    if (check.outcome != Outcome::failed) return {};
    std::set<std::string> names;
    for (const auto& failure : check.failures) {
      if (failure.level == Level::text || failure.in_error_text) continue;
      const auto& claim = failure.claim;
      const bool is_code = claim.about == "element" && claim.name == "Code";
      if (!is_code || failure.code.empty() || evidence_.was_told(claim.value)) return {};
      names.insert(fmt::format("{}, told as {}", claim.value, failure.code));
    }
    return names.size() == 1 ? *names.begin() : "";
  }

  /// Whatever the words are.
  static bool works(const CheckResult* check) {
    return check->outcome == Outcome::passed ||
           (check->outcome == Outcome::failed && main_of(*check).level == Level::text);
  }

  void tell_said(const Feature& feature, const Checks& checks) {
    for (auto* check : checks) {
      if (check->outcome == Outcome::not_offered) {
        note(feature.name, *check, check->skip_reason, true);
      } else if (check->differs() && says_not_implemented(main_of(*check))) {
        note(feature.name, *check, evidence_of(*check), true);
      }
    }
  }

  /// Many checks need an operation on the way to something else. A server that can't even put and get objects
  /// is none; one that can, and doesn't with some header, says so of the header.
  void tell_missing_operation(CheckResult& check) {
    const auto& failure = main_of(check);
    const bool is_plain = !failure.operation.contains('?');
    if (!says_not_implemented(failure)) return;
    if (!is_plain) return note(missing_by(failure.operation), check, evidence_of(check), true);
    if (evidence_.was_allowed(failure.operation))
      note(failure.operation + " with some headers", check, evidence_of(check), true);
  }

  /// Checks that are about something else, and need on their way what isn't there.
  void tell_what_needs_them() {
    const auto missing = result_.missing;
    for (const auto& feature : missing) {
      for (auto& check : result_.checks) {
        if (check.outcome == Outcome::failed && needs(check.id, feature.name))
          note(feature.name, check, feature.evidence, feature.said);
      }
    }
  }

  /// A server that takes what it doesn't understand shows it at the simplest use of it; one that refuses that
  /// as not implemented needs not be blamed for other uses. If much of the rest works, the feature is there
  /// and has faults.
  void tell_shown(const Feature& feature, const Checks& checks) {
    const auto basic = std::ranges::find(checks, feature.basic, &CheckResult::id);
    if (basic == checks.end()) return;
    const bool is_said = (*basic)->outcome == Outcome::not_offered;
    if (!is_said && ((*basic)->outcome != Outcome::failed || !shows_absence(main_of(**basic)))) return;
    const auto passed = std::ranges::count_if(checks, works);
    if (3 * static_cast<std::size_t>(passed) > checks.size()) return;
    const auto evidence = is_said ? (*basic)->skip_reason : evidence_of(**basic);
    for (auto* check : checks) {
      if (check->outcome == Outcome::failed && main_of(*check).level != Level::text)
        note(feature.name, *check, evidence, is_said);
    }
  }

  void note(std::string_view feature, CheckResult& check, const std::string& evidence, bool said) {
    auto& missing = result_.missing;
    auto found = std::ranges::find(missing, feature, &MissingFeature::name);
    if (found == missing.end()) {
      missing.push_back({std::string(feature), evidence, said, 0});
      found = std::prev(missing.end());
    }
    ++found->checks;
    check.outcome = Outcome::not_offered;
    check.skip_reason = evidence;
  }

  RunResult& result_;
  const Evidence& evidence_;
  std::map<std::string, Checks> by_feature_;
};

}  // namespace

void judge(RunResult& result, const Evidence& evidence) {
  tell_missing_rights(result, evidence);
  Features features(result, evidence);
  features.tell_missing();
  features.tell_operations_that_never_work();
  features.tell_sub_resources_that_are_not_known();
  features.tell_missing_quotes();
  features.tell_codes_that_are_others();
  features.tell_missing_fields();
}

}  // namespace partsmith::conformance
