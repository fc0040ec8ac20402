#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/xml.h>
#include <partsmith/values/random.h>

#include "configuration/lifecycle.h"
#include "configuration/lifecycle_checks.h"
#include "operations/answers.h"
#include "pacific_time.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using protocol::XmlElement;

constexpr std::size_t max_rules = 1'000;
constexpr std::size_t max_id = 255;
constexpr auto transition_classes = std::to_array<std::string_view>(
    {"GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"});

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

/// Recorded of a Date, with these fields; of the others they are unsettled.
std::unexpected<S3Error> invalid(std::string message, const XmlElement& element) {
  return invalid_argument(std::move(message), element.name, std::string(protocol::trimmed(element.text)));
}

template <typename Number>
std::optional<Number> number(const XmlElement& element) {
  const std::string_view text = protocol::trimmed(element.text);
  Number value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A count of days, versions: S3 names the element and its place when it isn't positive.
S3Result<std::uint32_t> positive(const XmlElement& element, const std::string& place) {
  const auto value = number<std::int32_t>(element);
  if (!value) return malformed();
  if (*value <= 0)
    return invalid("'" + element.name + "' for " + place + " action must be a positive integer", element);
  return static_cast<std::uint32_t>(*value);
}

/// The user guide names the limit ("Keeping noncurrent versions"); how S3 tells of more isn't known.
S3Result<std::uint32_t> newer_versions(const XmlElement& element, const std::string& place) {
  constexpr std::uint32_t most = 100;
  const auto value = positive(element, place);
  if (!value || *value <= most) return value;
  return invalid("'" + element.name + "' for " + place + " action must be at most " + std::to_string(most),
                 element);
}

/// Likewise of what may be 0 (reported: scality/Arsenal#604, noobaa-core#9969).
S3Result<std::uint32_t> nonnegative(const XmlElement& element, const std::string& place) {
  const auto value = number<std::int32_t>(element);
  if (!value) return malformed();
  if (*value < 0)
    return invalid("'" + element.name + "' in " + place + " action must be nonnegative", element);
  return static_cast<std::uint32_t>(*value);
}

S3Result<TimePoint> midnight(const XmlElement& element) {
  const std::string text(protocol::trimmed(element.text));
  const auto time = protocol::parse_iso8601(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!time) return malformed();
  if (std::chrono::floor<std::chrono::days>(*time) != *time) {
    return invalid_argument("'Date' must be at midnight GMT", "Date", pacific_time(*time));
  }
  return *time;
}

/// Days or Date; false when the element is another.
S3Result<bool> read_time(const XmlElement& element, LifecycleTime& time, const std::string& place,
                         bool zero_allowed) {
  if (element.name == "Days" && !time.days) {
    const auto days = zero_allowed ? nonnegative(element, place) : positive(element, place);
    if (!days) return std::unexpected(days.error());
    time.days = *days;
    return true;
  }
  if (element.name == "Date" && !time.date) {
    const auto date = midnight(element);
    if (!date) return std::unexpected(date.error());
    time.date = *date;
    return true;
  }
  return false;
}

S3Result<void> read_expiration(const XmlElement& element, LifecycleRule& rule) {
  if (rule.expiration || rule.expired_delete_marker || element.children.size() != 1) return malformed();
  const XmlElement& only = element.children.front();
  if (only.name == "ExpiredObjectDeleteMarker") {
    const std::string value = protocol::lower_case(protocol::trimmed(only.text));
    if (value != "true" && value != "false") return malformed();
    rule.expired_delete_marker = value == "true";
    return {};
  }
  LifecycleTime time;
  const auto read = read_time(only, time, "Expiration", false);
  if (!read) return std::unexpected(read.error());
  if (!*read) return malformed();
  rule.expiration = time;
  return {};
}

bool is_transition_class(std::string_view name) {
  return std::ranges::find(transition_classes, name) != transition_classes.end();
}

/// Of noncurrent versions by the same rule; that text is unsettled.
S3Result<void> check_first_days(const LifecycleTransition& transition, std::string_view action,
                                const XmlElement& element) {
  const bool infrequent =
      transition.storage_class == "STANDARD_IA" || transition.storage_class == "ONEZONE_IA";
  const XmlElement* days = element.child(action == "Transition" ? "Days" : "NoncurrentDays");
  if (!infrequent || days == nullptr || transition.when.days.value_or(30) >= 30) return {};
  return invalid("'" + days->name + "' in " + std::string(action) +
                     " action must be greater than or equal to 30 for storageClass '" +
                     transition.storage_class + "'",
                 *days);
}

S3Result<void> read_transition(const XmlElement& element, LifecycleRule& rule) {
  LifecycleTransition transition;
  for (const XmlElement& field : element.children) {
    if (field.name == "StorageClass") {
      transition.storage_class = protocol::trimmed(field.text);
      continue;
    }
    const auto read = read_time(field, transition.when, "Transition", true);
    if (!read) return std::unexpected(read.error());
    if (!*read) return malformed();
  }
  const bool one_time = transition.when.days.has_value() != transition.when.date.has_value();
  if (!one_time || !is_transition_class(transition.storage_class)) return malformed();
  if (auto ok = check_first_days(transition, "Transition", element); !ok) return ok;
  rule.transitions.push_back(std::move(transition));
  return {};
}

S3Result<NoncurrentAction> read_noncurrent(const XmlElement& element) {
  NoncurrentAction action;
  for (const XmlElement& field : element.children) {
    if (field.name == "StorageClass") {
      action.storage_class = protocol::trimmed(field.text);
    } else if (field.name == "NoncurrentDays" || field.name == "NewerNoncurrentVersions") {
      const bool is_days = field.name == "NoncurrentDays";
      const bool may_be_zero = is_days && element.name == "NoncurrentVersionTransition";
      const auto value = !is_days      ? newer_versions(field, element.name)
                         : may_be_zero ? nonnegative(field, element.name)
                                       : positive(field, element.name);
      if (!value) return std::unexpected(value.error());
      (is_days ? action.days : action.newer_versions) = *value;
    } else {
      return malformed();
    }
  }
  if (!action.days) return malformed();
  if ((element.name == "NoncurrentVersionTransition") != is_transition_class(action.storage_class))
    return malformed();
  const LifecycleTransition timed{{.days = action.days, .date = std::nullopt}, action.storage_class};
  if (auto ok = check_first_days(timed, element.name, element); !ok)
    return std::unexpected(std::move(ok.error()));
  return action;
}

S3Result<void> read_abort(const XmlElement& element, LifecycleRule& rule) {
  const XmlElement* days = element.child("DaysAfterInitiation");
  if (days == nullptr || element.children.size() != 1) return malformed();
  const auto value = positive(*days, element.name);
  if (!value) return std::unexpected(value.error());
  rule.abort_days = *value;
  return {};
}

/// One condition of a filter; true when the element is one.
bool read_condition(const XmlElement& element, LifecycleFilter& filter) {
  if (element.name == "Prefix" && !filter.prefix) {
    filter.prefix = element.text;
  } else if (element.name == "Tag") {
    const XmlElement* key = element.child("Key");
    const XmlElement* value = element.child("Value");
    if (key == nullptr || value == nullptr || key->text.empty()) return false;
    filter.tags.emplace_back(key->text, value->text);
  } else if (element.name == "ObjectSizeGreaterThan" && !filter.larger_than) {
    filter.larger_than = number<std::uint64_t>(element);
    return filter.larger_than.has_value();
  } else if (element.name == "ObjectSizeLessThan" && !filter.smaller_than) {
    filter.smaller_than = number<std::uint64_t>(element);
    return filter.smaller_than.has_value();
  } else {
    return false;
  }
  return true;
}

S3Result<void> read_filter(const XmlElement& element, LifecycleRule& rule) {
  if (element.children.empty()) return {};
  if (element.children.size() != 1) return malformed();
  const XmlElement& only = element.children.front();
  if (only.name != "And") {
    rule.filter_form = LifecycleRule::FilterForm::single;
    if (!read_condition(only, rule.filter)) return malformed();
    return {};
  }
  rule.filter_form = LifecycleRule::FilterForm::all_of;
  if (only.children.size() < 2) return malformed();
  std::set<std::string> tag_keys;
  for (const XmlElement& condition : only.children) {
    if (!read_condition(condition, rule.filter)) return malformed();
  }
  for (const auto& [key, value] : rule.filter.tags) {
    if (!tag_keys.insert(key).second) return invalid_request("Duplicate Tag Keys are not allowed.");
  }
  return {};
}

S3Result<void> read_field(const XmlElement& element, LifecycleRule& rule, int& filters) {
  if (element.name == "ID") {
    rule.id = element.text;
    if (rule.id.size() > max_id) return invalid("ID length should not exceed allowed limit of 255", element);
    return {};
  }
  if (element.name == "Status") {
    const std::string_view status = protocol::trimmed(element.text);
    if (status != "Enabled" && status != "Disabled") return malformed();
    rule.enabled = status == "Enabled";
    return {};
  }
  if (element.name == "Prefix") {
    ++filters;
    rule.filter_form = LifecycleRule::FilterForm::prefix_of_rule;
    rule.filter.prefix = element.text;
    return {};
  }
  if (element.name == "Filter") {
    ++filters;
    return read_filter(element, rule);
  }
  if (element.name == "Expiration") return read_expiration(element, rule);
  if (element.name == "Transition") return read_transition(element, rule);
  if (element.name == "AbortIncompleteMultipartUpload") return read_abort(element, rule);
  if (element.name == "NoncurrentVersionExpiration" || element.name == "NoncurrentVersionTransition") {
    auto action = read_noncurrent(element);
    if (!action) return std::unexpected(std::move(action.error()));
    if (element.name == "NoncurrentVersionExpiration") {
      rule.noncurrent_expiration = std::move(*action);
    } else {
      rule.noncurrent_transitions.push_back(std::move(*action));
    }
    return {};
  }
  return malformed();
}

/// The first rule says which Lifecycle the configuration is of: the first, whose rules have a Prefix, or the
/// second, whose rules have a Filter (reported: ansible#53751, terraform-provider-aws#23299).
S3Result<void> check_generation(const XmlElement& rule, bool has_filters) {
  const bool filter = rule.child("Filter") != nullptr;
  const bool prefix = rule.child("Prefix") != nullptr;
  if (filter == prefix || filter == has_filters) return {};  // of neither and of both: malformed
  return invalid_request(
      filter
          ? "Filter element can only be used in Lifecycle V2."
          : "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.");
}

/// As Amazon S3 makes one: the base64 of a UUID's text.
std::string new_rule_id() {
  std::string uuid = random_hex(16);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) uuid.insert(at, 1, '-');
  return to_base64(as_bytes(uuid));
}

S3Result<LifecycleRule> read_rule(const XmlElement& element) {
  LifecycleRule rule;
  int filters = 0;
  for (const XmlElement& field : element.children) {
    if (auto ok = read_field(field, rule, filters); !ok) return std::unexpected(std::move(ok.error()));
  }
  if (filters != 1 || element.child("Status") == nullptr) return malformed();
  if (auto ok = check_lifecycle_rule(rule); !ok) return std::unexpected(std::move(ok.error()));
  if (rule.id.empty()) rule.id = new_rule_id();
  return rule;
}

void write_conditions(protocol::XmlWriter& document, const LifecycleFilter& filter) {
  document.optional_element("Prefix", filter.prefix);
  for (const auto& [key, value] : filter.tags)
    document.open("Tag").element("Key", key).element("Value", value).close();
  if (filter.larger_than) document.element("ObjectSizeGreaterThan", *filter.larger_than);
  if (filter.smaller_than) document.element("ObjectSizeLessThan", *filter.smaller_than);
}

void write_filter(protocol::XmlWriter& document, const LifecycleRule& rule) {
  using Form = LifecycleRule::FilterForm;
  if (rule.filter_form == Form::prefix_of_rule) {
    document.optional_element("Prefix", rule.filter.prefix);
    return;
  }
  document.open("Filter");
  if (rule.filter_form == Form::all_of) document.open("And");
  write_conditions(document, rule.filter);
  if (rule.filter_form == Form::all_of) document.close();
  document.close();
}

void write_time(protocol::XmlWriter& document, const LifecycleTime& time) {
  if (time.days) document.element("Days", *time.days);
  if (time.date) document.element("Date", protocol::iso8601(*time.date));
}

void write_noncurrent(protocol::XmlWriter& document, std::string_view name, const NoncurrentAction& action) {
  document.open(name);
  if (action.days) document.element("NoncurrentDays", *action.days);
  if (action.newer_versions) document.element("NewerNoncurrentVersions", *action.newer_versions);
  if (!action.storage_class.empty()) document.element("StorageClass", action.storage_class);
  document.close();
}

void write_actions(protocol::XmlWriter& document, const LifecycleRule& rule) {
  for (const LifecycleTransition& transition : rule.transitions) {
    document.open("Transition");
    write_time(document, transition.when);
    document.element("StorageClass", transition.storage_class).close();
  }
  if (rule.expiration) {
    document.open("Expiration");
    write_time(document, *rule.expiration);
    document.close();
  }
  if (rule.expired_delete_marker) {
    document.open("Expiration").element("ExpiredObjectDeleteMarker", *rule.expired_delete_marker).close();
  }
  for (const auto& action : rule.noncurrent_transitions) {
    write_noncurrent(document, "NoncurrentVersionTransition", action);
  }
  if (rule.noncurrent_expiration) {
    write_noncurrent(document, "NoncurrentVersionExpiration", *rule.noncurrent_expiration);
  }
  if (rule.abort_days) {
    document.open("AbortIncompleteMultipartUpload").element("DaysAfterInitiation", *rule.abort_days).close();
  }
}

}  // namespace

S3Result<std::vector<LifecycleRule>> parse_lifecycle(std::string_view document) {
  const auto root = protocol::parse_xml(document);
  if (!root || root->name != "LifecycleConfiguration" || root->children.empty() ||
      root->children.size() > max_rules) {
    return malformed();
  }
  std::vector<LifecycleRule> rules;
  std::set<std::string> ids;
  for (const XmlElement& element : root->children) {
    if (element.name != "Rule") return malformed();
    if (auto ok = check_generation(element, root->children.front().child("Filter") != nullptr); !ok)
      return std::unexpected(std::move(ok.error()));
    auto rule = read_rule(element);
    if (!rule) return std::unexpected(std::move(rule.error()));
    if (!ids.insert(rule->id).second) {
      return invalid("Rule ID must be unique. Found same ID for more than one rule", *element.child("ID"));
    }
    rules.push_back(std::move(*rule));
  }
  if (auto ok = check_overlaps(rules); !ok) return std::unexpected(std::move(ok.error()));
  return rules;
}

std::string lifecycle_document(std::span<const LifecycleRule> rules) {
  protocol::XmlWriter document("LifecycleConfiguration");
  for (const LifecycleRule& rule : rules) {
    document.open("Rule").element("ID", rule.id);
    write_filter(document, rule);
    document.element("Status", rule.enabled ? "Enabled" : "Disabled");
    write_actions(document, rule);
    document.close();
  }
  return document.finish();
}

}  // namespace partsmith::server
