#include "configuration/lifecycle_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "operations/answers.h"
#include "pacific_time.h"

namespace partsmith::server {
namespace {

/// The classes from warm to cold, and how many days an object stays before the next. Source: user guide,
/// "Transitioning objects using Amazon S3 Lifecycle"; the 90 of GLACIER are reported (terraform's quotation
/// of Amazon S3), those of GLACIER_IR follow from them.
struct Step {
  std::string_view storage_class;
  std::uint32_t days;
};
constexpr auto waterfall = std::to_array<Step>({{"STANDARD_IA", 30},
                                                {"INTELLIGENT_TIERING", 0},
                                                {"ONEZONE_IA", 30},
                                                {"GLACIER_IR", 90},
                                                {"GLACIER", 90},
                                                {"DEEP_ARCHIVE", 0}});

/// One transition, of current versions or of others.
struct Timed {
  std::string_view storage_class;
  LifecycleTime when;
};

/// How the names of things differ in the errors of current versions and of others.
struct Words {
  std::string_view transition;
  std::string_view expiration;
  std::string_view days;
};
constexpr Words of_current{"Transition", "Expiration", "Days"};
constexpr Words of_noncurrent{"NoncurrentVersionTransition", "NoncurrentVersionExpiration", "NoncurrentDays"};

/// As the errors of Amazon S3 name the objects of a rule (reported: noobaa-core#9969).
std::string objects_of(const LifecycleRule& rule) {
  const LifecycleFilter& filter = rule.filter;
  if (rule.filter_form == LifecycleRule::FilterForm::prefix_of_rule)
    return "prefix '" + filter.prefix.value_or("") + "'";
  std::string all;
  const auto add = [&](const std::string& one) { all += (all.empty() ? "" : " and ") + one; };
  if (filter.prefix) add("prefix=" + *filter.prefix);
  for (const auto& [key, value] : filter.tags) add(fmt::format("tag={{key={}, value={}}}", key, value));
  if (filter.larger_than) add("objectsizegreaterthan=" + std::to_string(*filter.larger_than));
  if (filter.smaller_than) add("objectsizelessthan=" + std::to_string(*filter.smaller_than));
  return "filter '(" + all + ")'";
}

std::unexpected<protocol::S3Error> wrong_time(std::string message, const LifecycleTime& when,
                                              const Words& words) {
  return invalid_argument(std::move(message), when.date ? "Date" : std::string(words.days),
                          when.date ? pacific_time(*when.date) : std::to_string(when.days.value_or(0)));
}

/// Days between two times of one kind.
std::int64_t days_from(const LifecycleTime& first, const LifecycleTime& second) {
  if (first.date) return std::chrono::floor<std::chrono::days>(*second.date - *first.date).count();
  return std::int64_t{*second.days} - std::int64_t{*first.days};
}

bool is_mixed(const LifecycleTime& one, const LifecycleTime& other) {
  return one.date.has_value() != other.date.has_value();
}

S3Result<void> check_pair(const LifecycleRule& rule, const Timed& one, const Timed& other,
                          const Words& words) {
  const std::string objects = objects_of(rule);
  if (one.storage_class == other.storage_class) {
    return invalid_request(
        fmt::format("'StorageClass' must be different for '{}' actions in same 'Rule' with {}",
                    words.transition, objects));
  }
  if (is_mixed(one.when, other.when)) {
    return invalid_request(
        fmt::format("Found mixed 'Date' and 'Days' based {} actions in lifecycle rule for {}",
                    words.transition, objects));
  }
  const auto step_of = [](const Timed& timed) {
    return std::ranges::find(waterfall, timed.storage_class, &Step::storage_class);
  };
  const bool in_order = step_of(one) < step_of(other);
  const Timed& warm = in_order ? one : other;
  const Timed& cold = in_order ? other : one;
  const std::int64_t days = days_from(warm.when, cold.when);
  const std::string_view field = warm.when.date ? std::string_view("Date") : words.days;
  if (days <= 0) {
    return wrong_time(
        fmt::format(
            "'{0}' in the '{1}' action for StorageClass '{2}' for {4} must be greater than '{0}' in the "
            "'{1}' action for StorageClass '{3}' for {4}",
            field, words.transition, cold.storage_class, warm.storage_class, objects),
        cold.when, words);
  }
  if (days >= step_of(warm)->days) return {};
  return wrong_time(
      fmt::format(
          "'{0}' in the '{1}' action for StorageClass '{2}' for {5} must be {4} days more than '{5}' in "
          "the '{1}' action for StorageClass '{3}'",
          field, words.transition, cold.storage_class, warm.storage_class, step_of(warm)->days, objects),
      cold.when, words);
}

S3Result<void> check_expiration(const LifecycleRule& rule, const LifecycleTime& expiration,
                                const LifecycleTime& transition, const Words& words) {
  const std::string objects = objects_of(rule);
  if (is_mixed(expiration, transition)) {
    return invalid_request(
        fmt::format("Found mixed 'Date' and 'Days' based {} and {} actions in lifecycle rule for {}",
                    words.expiration, words.transition, objects));
  }
  if (days_from(transition, expiration) > 0) return {};
  return wrong_time(
      fmt::format("'{0}' in the {1} action for {2} must be greater than '{0}' in the {3} action",
                  expiration.date ? std::string_view("Date") : words.days, words.expiration, objects,
                  words.transition),
      expiration, words);
}

S3Result<void> check_order(const LifecycleRule& rule, std::span<const Timed> transitions,
                           const std::optional<LifecycleTime>& expiration, const Words& words) {
  for (std::size_t i = 0; i < transitions.size(); ++i) {
    for (const Timed& earlier : transitions.first(i)) {
      if (auto ok = check_pair(rule, earlier, transitions[i], words); !ok) return ok;
    }
  }
  if (!expiration) return {};
  for (const Timed& transition : transitions) {
    if (auto ok = check_expiration(rule, *expiration, transition.when, words); !ok) return ok;
  }
  return {};
}

/// Of tags: tfm-s3#109; of sizes: cfn-lint#3554, cloudposse#137.
S3Result<void> check_unfiltered(const LifecycleRule& rule, std::string_view action) {
  if (!rule.filter.tags.empty())
    return invalid_request(std::string(action) + " cannot be specified with Tags.");
  if (rule.filter.larger_than || rule.filter.smaller_than)
    return invalid_request(std::string(action) + " cannot be specified with Object Size.");
  return {};
}

constexpr std::uint64_t largest = 1'099'511'627'776'000;  // bytes

/// Reported: terraform-provider-aws#41521.
S3Result<void> check_sizes(const LifecycleFilter& filter) {
  const auto range = [](std::string_view name, std::uint64_t least) {
    return invalid_request(fmt::format("'{}' should be between {} and {}.", name, least, largest));
  };
  if (filter.larger_than && *filter.larger_than > largest) return range("ObjectSizeGreaterThan", 0);
  if (filter.smaller_than && (*filter.smaller_than < 1 || *filter.smaller_than > largest))
    return range("ObjectSizeLessThan", 1);
  if (filter.larger_than && filter.smaller_than && *filter.larger_than >= *filter.smaller_than) {
    return invalid_request("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
  }
  return {};
}

bool keeps_newer_versions(const LifecycleRule& rule) {
  const auto named = [](const NoncurrentAction& action) { return action.newer_versions.has_value(); };
  return (rule.noncurrent_expiration && named(*rule.noncurrent_expiration)) ||
         std::ranges::any_of(rule.noncurrent_transitions, named);
}

std::vector<Timed> transitions_of(const LifecycleRule& rule) {
  std::vector<Timed> timed;
  for (const auto& transition : rule.transitions)
    timed.push_back({transition.storage_class, transition.when});
  return timed;
}

std::vector<Timed> noncurrent_transitions_of(const LifecycleRule& rule) {
  std::vector<Timed> timed;
  for (const auto& action : rule.noncurrent_transitions)
    timed.push_back({action.storage_class, LifecycleTime{.days = action.days, .date = std::nullopt}});
  return timed;
}

}  // namespace

S3Result<void> check_lifecycle_rule(const LifecycleRule& rule) {
  if (!rule.expiration && !rule.expired_delete_marker && rule.transitions.empty() &&
      rule.noncurrent_transitions.empty() && !rule.noncurrent_expiration && !rule.abort_days) {
    return invalid_request("At least one action needs to be specified in a rule");
  }
  if (auto ok = check_sizes(rule.filter); !ok) return ok;
  if (rule.expired_delete_marker) {
    if (auto ok = check_unfiltered(rule, "ExpiredObjectDeleteMarker"); !ok) return ok;
  }
  if (rule.abort_days) {
    if (auto ok = check_unfiltered(rule, "AbortIncompleteMultipartUpload"); !ok) return ok;
  }
  if (rule.filter_form == LifecycleRule::FilterForm::prefix_of_rule && keeps_newer_versions(rule)) {
    return invalid_request("NewerNoncurrentVersions element can only be used in Lifecycle V2.");  // tf#23228
  }
  if (auto ok = check_order(rule, transitions_of(rule), rule.expiration, of_current); !ok) return ok;
  std::optional<LifecycleTime> expiration;
  if (rule.noncurrent_expiration)
    expiration = LifecycleTime{.days = rule.noncurrent_expiration->days, .date = std::nullopt};
  return check_order(rule, noncurrent_transitions_of(rule), expiration, of_noncurrent);
}

/// Reported: noobaa-core#8341.
S3Result<void> check_overlaps(std::span<const LifecycleRule> rules) {
  struct Action {
    std::string_view name;
    bool (*has)(const LifecycleRule&);
  };
  constexpr auto actions = std::to_array<Action>({
      {"Expiration", [](const LifecycleRule& rule) { return rule.expiration || rule.expired_delete_marker; }},
      {"Transition", [](const LifecycleRule& rule) { return !rule.transitions.empty(); }},
      {"NoncurrentVersionExpiration",
       [](const LifecycleRule& rule) { return rule.noncurrent_expiration.has_value(); }},
      {"NoncurrentVersionTransition",
       [](const LifecycleRule& rule) { return !rule.noncurrent_transitions.empty(); }},
      {"AbortIncompleteMultipartUpload",
       [](const LifecycleRule& rule) { return rule.abort_days.has_value(); }},
  });
  for (const Action& action : actions) {
    std::vector<std::string> prefixes;
    for (const LifecycleRule& rule : rules) {
      if (rule.filter_form == LifecycleRule::FilterForm::prefix_of_rule && action.has(rule))
        prefixes.push_back(rule.filter.prefix.value_or(""));
    }
    // Of sorted prefixes, one that begins another begins the next.
    std::ranges::sort(prefixes);
    const auto overlap = std::ranges::adjacent_find(
        prefixes, [](const std::string& one, const std::string& next) { return next.starts_with(one); });
    if (overlap == prefixes.end()) continue;
    return invalid_request(fmt::format("Found overlapping prefixes '{}' and '{}' for same action type '{}'",
                                       *overlap, *std::next(overlap), action.name));
  }
  return {};
}

}  // namespace partsmith::server
