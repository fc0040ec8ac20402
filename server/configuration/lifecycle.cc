#include "configuration/lifecycle.h"

#include <algorithm>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/field_syntax.h>
#include <partsmith/protocol/uri.h>

#include "configuration/bucket_configurations.h"

namespace partsmith::server {
namespace {

bool has_prefix(const LifecycleFilter& filter, const ObjectKey& key) {
  return key.text().starts_with(filter.prefix.value_or(""));
}

bool applies(const LifecycleRule& rule, const storage::ObjectInfo& object) {
  const LifecycleFilter& filter = rule.filter;
  const auto& tags = object.attributes.tags;
  const bool tagged = std::ranges::all_of(
      filter.tags, [&](const auto& tag) { return std::ranges::find(tags, tag) != tags.end(); });
  return rule.enabled && tagged && has_prefix(filter, object.key) &&
         (!filter.larger_than || object.size > *filter.larger_than) &&
         (!filter.smaller_than || object.size < *filter.smaller_than);
}

/// S3 counts days from the creation and rounds up to the next midnight UTC.
TimePoint midnight_after(TimePoint from, std::uint32_t days) {
  return std::chrono::ceil<std::chrono::days>(from + std::chrono::days(days));
}

/// An ID is any text, and told as it is: spaces too, whatever the API reference says of x-amz-expiration
/// (reported: aws-sdk-go-v2#3165 and others). How Amazon S3 answers one that no head can carry isn't known.
std::string in_a_head(const std::string& rule_id) {
  const bool fits = protocol::is_field_value(rule_id) && rule_id.find('"') == std::string::npos;
  return fits ? rule_id : protocol::uri_encode(rule_id, protocol::Slash::encode);
}

void keep_first(std::optional<LifecycleEvent>& first, TimePoint at, const std::string& rule_id) {
  if (!first || at < first->at) first = LifecycleEvent{at, rule_id};
}

/// None when the bucket has no rules. Headers that tell of them fail no request: what can't be read goes to
/// the log.
std::vector<LifecycleRule> rules_of(const Visit& visit) {
  const auto rules = visit.world().configurations->lifecycle(visit.bucket());
  if (!rules) visit.note_cause(rules.error().detail);
  return rules && *rules ? **rules : std::vector<LifecycleRule>{};
}

}  // namespace

std::optional<LifecycleEvent> expiration_of(std::span<const LifecycleRule> rules,
                                            const storage::ObjectInfo& object) {
  std::optional<LifecycleEvent> first;
  for (const LifecycleRule& rule : rules) {
    if (!rule.expiration || !applies(rule, object)) continue;
    const LifecycleTime& when = *rule.expiration;
    keep_first(first, when.date ? *when.date : midnight_after(object.modified, *when.days), rule.id);
  }
  return first;
}

std::optional<LifecycleEvent> abort_of(std::span<const LifecycleRule> rules,
                                       const storage::UploadInfo& upload) {
  std::optional<LifecycleEvent> first;
  for (const LifecycleRule& rule : rules) {
    // An upload has no size yet, and its tags are the object's to come.
    const LifecycleFilter& filter = rule.filter;
    if (!rule.enabled || !rule.abort_days || !has_prefix(filter, upload.key) || filter.larger_than ||
        filter.smaller_than) {
      continue;
    }
    keep_first(first, midnight_after(upload.initiated, *rule.abort_days), rule.id);
  }
  return first;
}

bool is_transition_minimum(std::string_view text) {
  return text == default_transition_minimum || text == "varies_by_storage_class";
}

std::string stored_lifecycle(const LifecycleConfiguration& configuration) {
  if (configuration.transition_minimum == default_transition_minimum) return configuration.document;
  return configuration.transition_minimum + '\n' + configuration.document;
}

LifecycleConfiguration lifecycle_from_stored(std::string_view text) {
  const std::size_t end = text.starts_with('<') ? std::string_view::npos : text.find('\n');
  if (end == std::string_view::npos) return {std::string(default_transition_minimum), std::string(text)};
  return {std::string(text.substr(0, end)), std::string(text.substr(end + 1))};
}

void add_expiration(Response& response, const Visit& visit, const storage::ObjectInfo& object) {
  if (!object.latest || visit.query().has("versionId")) return;
  const auto event = expiration_of(rules_of(visit), object);
  if (!event) return;
  response.headers.add("x-amz-expiration", "expiry-date=\"" + protocol::http_date(event->at) +
                                               "\", rule-id=\"" + in_a_head(event->rule_id) + '"');
}

void add_abort_date(Response& response, const Visit& visit, const storage::UploadInfo& upload) {
  const auto event = abort_of(rules_of(visit), upload);
  if (!event) return;
  response.headers.add("x-amz-abort-date", protocol::http_date(event->at));
  response.headers.add("x-amz-abort-rule-id", in_a_head(event->rule_id));
}

}  // namespace partsmith::server
