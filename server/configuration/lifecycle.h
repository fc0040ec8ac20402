#pragma once
/// A bucket's lifecycle configuration. Partsmith keeps the rules and tells what they say of an object or
/// upload; it carries none of them out. Source: S3 API reference, PutBucketLifecycleConfiguration; S3 user
/// guide, "Examples of S3 Lifecycle configurations"; recordings lifecycle-*.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/storage/types.h>
#include <partsmith/values/time.h>

#include "visit.h"

namespace partsmith::server {

struct LifecycleFilter {
  std::optional<std::string> prefix;
  storage::NameValues tags;
  std::optional<std::uint64_t> larger_than;   ///< bytes
  std::optional<std::uint64_t> smaller_than;  ///< bytes
};

/// When something is done: after days, or at a date. At most one is set.
struct LifecycleTime {
  std::optional<std::uint32_t> days;
  std::optional<TimePoint> date;  ///< a midnight
};

struct LifecycleTransition {
  LifecycleTime when;
  std::string storage_class;
};

struct NoncurrentAction {
  std::optional<std::uint32_t> days;
  std::optional<std::uint32_t> newer_versions;
  std::string storage_class;  ///< empty for an expiration
};

struct LifecycleRule {
  enum class FilterForm { prefix_of_rule, empty, single, all_of };  ///< how the client wrote it
  std::string id;
  bool enabled = false;
  FilterForm filter_form = FilterForm::empty;
  LifecycleFilter filter;
  std::optional<LifecycleTime> expiration;
  std::optional<bool> expired_delete_marker;
  std::vector<LifecycleTransition> transitions;
  std::vector<NoncurrentAction> noncurrent_transitions;
  std::optional<NoncurrentAction> noncurrent_expiration;
  std::optional<std::uint32_t> abort_days;  ///< AbortIncompleteMultipartUpload
};

/// MalformedXML, InvalidArgument, InvalidRequest. Rules without an ID get one.
S3Result<std::vector<LifecycleRule>> parse_lifecycle(std::string_view document);
std::string lifecycle_document(std::span<const LifecycleRule> rules);

/// The document with x-amz-transition-default-minimum-object-size, which is kept and returned.
struct LifecycleConfiguration {
  std::string transition_minimum;
  std::string document;
};
inline constexpr std::string_view default_transition_minimum = "all_storage_classes_128K";
bool is_transition_minimum(std::string_view text);
/// One text for the store; the document alone where the minimum is the default.
std::string stored_lifecycle(const LifecycleConfiguration& configuration);
LifecycleConfiguration lifecycle_from_stored(std::string_view text);

/// What will happen, and by which rule.
struct LifecycleEvent {
  TimePoint at;
  std::string rule_id;
};
/// The first expiration of this object.
std::optional<LifecycleEvent> expiration_of(std::span<const LifecycleRule> rules,
                                            const storage::ObjectInfo& object);
/// The first abort of this upload.
std::optional<LifecycleEvent> abort_of(std::span<const LifecycleRule> rules,
                                       const storage::UploadInfo& upload);

/// x-amz-expiration, where a rule of the object's bucket says so and the request means the current version
/// without naming it (recorded: lifecycle-expiration-header-versioned).
void add_expiration(Response& response, const Visit& visit, const storage::ObjectInfo& object);
/// x-amz-abort-date and x-amz-abort-rule-id, likewise.
void add_abort_date(Response& response, const Visit& visit, const storage::UploadInfo& upload);

}  // namespace partsmith::server
