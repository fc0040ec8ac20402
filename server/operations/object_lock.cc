#include "operations/object_lock.h"

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/xml.h>

#include "operations/answers.h"
#include "operations/object_headers.h"
#include "operations/operations.h"
#include "pacific_time.h"
#include "payload.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

constexpr const char* no_lock = "Bucket is missing Object Lock Configuration";
constexpr const char* bypass_header = "x-amz-bypass-governance-retention";

Outcome get_lock(const Visit& visit) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  if (const auto version = named_version(visit); !version) return std::unexpected(version.error());
  return invalid_request(no_lock);
}

/// A body that isn't there or is no document is told before the lock that isn't there (recorded:
/// legal-hold-errors).
Outcome put_lock(const Visit& visit, std::string_view root_name) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  const auto root = protocol::parse_xml(*text);
  if (!root || root->name != root_name) return std::unexpected(S3Error(ErrorCode::MalformedXML));
  return invalid_request(no_lock);
}

/// Enabled, and with a rule its mode and one of Days and Years.
bool is_lock_configuration(const protocol::XmlElement& root) {
  if (root.name != "ObjectLockConfiguration" || root.child_text("ObjectLockEnabled") != "Enabled")
    return false;
  const auto* rule = root.child("Rule");
  if (rule == nullptr) return true;
  const auto* retention = rule->child("DefaultRetention");
  if (retention == nullptr) return false;
  const auto mode = retention->child_text("Mode");
  const bool has_days = retention->child("Days") != nullptr;
  const bool has_years = retention->child("Years") != nullptr;
  return (mode == "GOVERNANCE" || mode == "COMPLIANCE") && has_days != has_years;
}

/// Recorded: default-retention, object-lock-header-validation (both or none, before the mode),
/// retention-errors (the form of a date in the past).
S3Result<void> check_retention_headers(const Visit& visit) {
  constexpr const char* mode_header = "x-amz-object-lock-mode";
  constexpr const char* date_header = "x-amz-object-lock-retain-until-date";
  const auto mode = visit.headers().get(mode_header);
  const auto date = visit.headers().get(date_header);
  if (mode.has_value() != date.has_value()) {
    return std::unexpected(
        S3Error(ErrorCode::InvalidArgument,
                "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
            .with("ArgumentName", mode ? date_header : mode_header));
  }
  if (!mode) return {};
  if (*mode != "GOVERNANCE" && *mode != "COMPLIANCE") {
    return invalid_argument("Unknown wormMode directive.", mode_header, std::string(*mode));
  }
  const auto until = protocol::parse_iso8601(*date);
  if (!until) {
    return invalid_argument("The retain until date must be provided in ISO 8601 format", date_header,
                            std::string(*date));
  }
  if (*until <= visit.clock().now()) {
    return invalid_argument("The retain until date must be in the future!", date_header,
                            pacific_time(*until));
  }
  return {};
}

}  // namespace

S3Result<void> refuse_lock_headers(const Visit& visit) {
  if (auto ok = check_retention_headers(visit); !ok) return ok;
  constexpr const char* hold_header = "x-amz-object-lock-legal-hold";
  if (const auto hold = visit.headers().get(hold_header); hold && *hold != "ON" && *hold != "OFF") {
    return invalid_argument("Legal Hold must be either of 'ON' or 'OFF'", hold_header, std::string(*hold));
  }
  for (const char* name :
       {"x-amz-object-lock-mode", hold_header, "x-amz-object-lock-event-hold",
        "x-amz-object-lock-event-hold-duration-days", "x-amz-object-lock-event-hold-duration-years"}) {
    if (visit.headers().has(name)) return invalid_request(no_lock);
  }
  return {};
}

S3Result<void> refuse_new_lock(const protocol::Headers& headers) {
  const auto enabled = headers.get("x-amz-bucket-object-lock-enabled");
  if (!enabled || protocol::equal_ignoring_case(*enabled, "false")) return {};
  return std::unexpected(
      S3Error(ErrorCode::NotImplemented).with("Header", "x-amz-bucket-object-lock-enabled"));
}

S3Result<void> refuse_governance_bypass(const Visit& visit) {
  if (!visit.headers().has(bypass_header)) return {};
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  return std::unexpected(
      S3Error(ErrorCode::InvalidArgument,
              std::string(bypass_header) + " is only applicable to Object Lock enabled buckets.")
          .with("ArgumentName", bypass_header));
}

/// A bucket with versions could get an Object Lock, which there isn't here. A document that is none is told
/// first (recorded: object-lock-configuration-malformed, of buckets with Object Lock); then that there are no
/// versions (reported: moto, whose test runs on Amazon S3).
Outcome put_object_lock_configuration(Visit& visit) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  if (text->empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  const auto root = protocol::parse_xml(*text);
  if (!root || !is_lock_configuration(*root)) return std::unexpected(S3Error(ErrorCode::MalformedXML));
  if (bucket->versioning != storage::Versioning::enabled) {
    return std::unexpected(
        S3Error(ErrorCode::InvalidBucketState,
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"));
  }
  return std::unexpected(
      S3Error(ErrorCode::NotImplemented, "PutObjectLockConfiguration is not implemented by partsmith"));
}

Outcome get_object_legal_hold(Visit& visit) {
  return get_lock(visit);
}
Outcome get_object_retention(Visit& visit) {
  return get_lock(visit);
}
Outcome put_object_legal_hold(Visit& visit) {
  return put_lock(visit, "LegalHold");
}
Outcome put_object_retention(Visit& visit) {
  return put_lock(visit, "Retention");
}

}  // namespace partsmith::server
