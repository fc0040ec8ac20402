#include "operations/object_lock.h"

#include <array>

#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/xml.h>

#include "configuration/bucket_configurations.h"
#include "configuration/object_lock.h"
#include "operations/answers.h"
#include "operations/marked_keys.h"
#include "operations/object_headers.h"
#include "operations/operations.h"
#include "pacific_time.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using storage::LockOverride;
using storage::Retention;

constexpr const char* no_lock = "Bucket is missing Object Lock Configuration";
constexpr const char* mode_header = "x-amz-object-lock-mode";
constexpr const char* date_header = "x-amz-object-lock-retain-until-date";
constexpr const char* hold_header = "x-amz-object-lock-legal-hold";
constexpr const char* bypass_header = "x-amz-bypass-governance-retention";
constexpr auto event_headers =
    std::to_array<const char*>({"x-amz-object-lock-event-hold", "x-amz-object-lock-event-hold-duration-days",
                                "x-amz-object-lock-event-hold-duration-years"});

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

/// False: the bucket has no Object Lock. NoSuchBucket.
S3Result<bool> has_lock(const Visit& visit) {
  const auto lock = visit.world().configurations->object_lock(visit.bucket());
  if (!lock) return refused(lock.error(), visit);
  return *lock != nullptr;
}

S3Result<void> require_lock(const Visit& visit) {
  const auto locked = has_lock(visit);
  if (!locked) return std::unexpected(locked.error());
  return *locked ? S3Result<void>() : invalid_request(no_lock);
}

/// Recorded: retention-errors, of a document, where the field's name isn't that of a header.
S3Result<void> check_is_to_come(const Visit& visit, TimePoint until, const char* argument) {
  if (until > visit.clock().now()) return {};
  return invalid_argument("The retain until date must be in the future!", argument, pacific_time(until));
}

/// Recorded: default-retention, object-lock-header-validation (both or none, before the mode),
/// retention-errors (the form of a date in the past).
S3Result<std::optional<Retention>> retention_of_headers(const Visit& visit) {
  const auto mode = visit.headers().get(mode_header);
  const auto date = visit.headers().get(date_header);
  if (mode.has_value() != date.has_value()) {
    return std::unexpected(
        S3Error(ErrorCode::InvalidArgument,
                "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
            .with("ArgumentName", mode ? date_header : mode_header));
  }
  if (!mode) return std::nullopt;
  const auto known = retention_mode(*mode);
  if (!known) return invalid_argument("Unknown wormMode directive.", mode_header, std::string(*mode));
  const auto until = protocol::parse_iso8601(*date);
  if (!until) {
    return invalid_argument("The retain until date must be provided in ISO 8601 format", date_header,
                            std::string(*date));
  }
  if (auto ok = check_is_to_come(visit, *until, date_header); !ok)
    return std::unexpected(std::move(ok.error()));
  return Retention{*known, *until};
}

/// Nothing: an element without children, which takes the retention away.
S3Result<std::optional<Retention>> retention_of_document(std::string_view text) {
  const auto root = protocol::parse_xml(text);
  if (!root || root->name != "Retention") return malformed();
  if (root->child("EventHold") != nullptr || root->child("EventHoldDuration") != nullptr) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented, "Event holds are not implemented"));
  }
  const auto mode = root->child_text("Mode");
  const auto date = root->child_text("RetainUntilDate");
  if (!mode && !date && root->children.empty()) return std::nullopt;
  const auto known = retention_mode(mode.value_or(""));
  const auto until = protocol::parse_iso8601(date.value_or(""));
  if (!known || !until) return malformed();
  return Retention{*known, *until};
}

S3Result<bool> hold_of_document(std::string_view text) {
  const auto root = protocol::parse_xml(text);
  if (!root || root->name != "LegalHold") return malformed();
  const auto status = root->child_text("Status");
  if (status != "ON" && status != "OFF") return malformed();
  return *status == "ON";
}

/// Recorded: retention-extend-and-shorten, retention-governance, retention-compliance; of GOVERNANCE that is
/// to become COMPLIANCE reported (ceph/s3-tests).
bool may_become(const std::optional<Retention>& was, const std::optional<Retention>& wanted, TimePoint now,
                LockOverride override) {
  if (!was || was->until <= now) return true;
  if (was->mode == Retention::Mode::governance && override != LockOverride::none) return true;
  return wanted && wanted->mode == was->mode && wanted->until >= was->until;
}

/// Bucket, version, lock and object, in that order.
S3Result<storage::ObjectInfo> lockable_object(const Visit& visit) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  if (auto ok = require_lock(visit); !ok) return std::unexpected(std::move(ok.error()));
  auto object = visit.store().object(visit.bucket(), visit.key(), *version);
  if (!object) return refused_at_marker(object.error(), visit);
  return *std::move(object);
}

/// Changes the version that is named, or the latest, as the request's document says. A document that isn't
/// there or is none is told before the lock that isn't there (recorded: legal-hold-errors).
template <typename Parse, typename Change>
Outcome change_lock(const Visit& visit, Parse parse, Change change) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  const auto wanted = parse(*text);
  if (!wanted) return std::unexpected(wanted.error());
  if (auto ok = require_lock(visit); !ok) return std::unexpected(std::move(ok.error()));
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  bool locked = false;
  const auto object = visit.store().change_attributes(
      visit.bucket(), visit.key(), *version,
      [&](storage::ObjectAttributes& attributes) { locked = !change(attributes, *wanted); });
  if (!object) return refused_at_marker(object.error(), visit);
  if (locked) return std::unexpected(object_is_locked());
  return empty_answer(200);
}

std::unexpected<S3Error> never_set() {
  return std::unexpected(S3Error(ErrorCode::NoSuchObjectLockConfiguration));
}

}  // namespace

S3Result<bool> wants_object_lock(const protocol::Headers& headers) {
  constexpr const char* name = "x-amz-bucket-object-lock-enabled";
  const auto enabled = headers.get(name);
  if (!enabled || protocol::equal_ignoring_case(*enabled, "false")) return false;
  if (protocol::equal_ignoring_case(*enabled, "true")) return true;
  return invalid_argument("Invalid value for header", name, std::string(*enabled));
}

S3Result<LockHeaders> lock_headers(const Visit& visit) {
  const auto retention = retention_of_headers(visit);
  if (!retention) return std::unexpected(retention.error());
  const auto hold = visit.headers().get(hold_header);
  if (hold && *hold != "ON" && *hold != "OFF") {
    return invalid_argument("Legal Hold must be either of 'ON' or 'OFF'", hold_header, std::string(*hold));
  }
  const auto event =
      std::ranges::find_if(event_headers, [&](const char* name) { return visit.headers().has(name); });
  if (!*retention && !hold && event == event_headers.end()) return LockHeaders{};
  if (auto ok = require_lock(visit); !ok) return std::unexpected(std::move(ok.error()));
  if (event != event_headers.end()) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented).with("Header", *event));
  }
  if (*retention) {
    if (auto ok = visit.authorise("s3:PutObjectRetention", visit.target()); !ok)
      return std::unexpected(std::move(ok.error()));
  }
  if (hold) {
    if (auto ok = visit.authorise("s3:PutObjectLegalHold", visit.target()); !ok)
      return std::unexpected(std::move(ok.error()));
  }
  LockHeaders lock{.retention = *retention};
  if (hold) lock.legal_hold = *hold == "ON";
  return lock;
}

std::optional<Retention> default_retention(const Visit& visit) {
  const auto lock = visit.world().configurations->object_lock(visit.bucket());
  if (!lock || !*lock || !(*lock)->default_retention) return std::nullopt;
  return (*lock)->default_retention->of_version_made(visit.clock().now());
}

S3Result<void> require_digest_of_locked(const Visit& visit, LockedBytes bytes,
                                        const storage::ObjectAttributes& attributes,
                                        const PayloadDeclaration& declaration) {
  if (declaration.content_md5 || declaration.algorithm()) return {};
  if (!attributes.retention && !attributes.legal_hold && !default_retention(visit)) return {};
  return invalid_request(std::string("Content-MD5 OR x-amz-checksum- HTTP header is required for Put ") +
                         (bytes == LockedBytes::part ? "Part" : "Object") +
                         " requests with Object Lock parameters");
}

S3Result<void> refuse_bypass_without_lock(const Visit& visit) {
  if (!visit.headers().has(bypass_header)) return {};
  const auto locked = has_lock(visit);
  if (!locked) return std::unexpected(locked.error());
  if (*locked) return {};
  return std::unexpected(
      S3Error(ErrorCode::InvalidArgument,
              std::string(bypass_header) + " is only applicable to Object Lock enabled buckets.")
          .with("ArgumentName", bypass_header));
}

S3Result<LockOverride> lock_override(const Visit& visit, const Target& about) {
  if (auto ok = refuse_bypass_without_lock(visit); !ok) return std::unexpected(std::move(ok.error()));
  if (!protocol::equal_ignoring_case(visit.headers().value(bypass_header), "true")) return LockOverride::none;
  if (auto ok = visit.authorise("s3:BypassGovernanceRetention", about); !ok)
    return std::unexpected(std::move(ok.error()));
  return LockOverride::governance;
}

void add_lock(protocol::Headers& headers, const Visit& visit, const storage::ObjectInfo& object) {
  const storage::ObjectAttributes& attributes = object.attributes;
  if (attributes.retention && visit.authorise("s3:GetObjectRetention", visit.target())) {
    headers.add(mode_header, std::string(to_string(attributes.retention->mode)));
    headers.add(date_header, protocol::iso8601_milliseconds(attributes.retention->until));
  }
  // One that never was isn't told (recorded: legal-hold-put-and-get).
  if (attributes.legal_hold && visit.authorise("s3:GetObjectLegalHold", visit.target())) {
    headers.add(hold_header, *attributes.legal_hold ? "ON" : "OFF");
  }
}

Outcome get_object_lock_configuration(Visit& visit) {
  const auto lock = visit.world().configurations->object_lock(visit.bucket());
  if (!lock) return refused(lock.error(), visit);
  if (!*lock) {
    return std::unexpected(
        S3Error(ErrorCode::ObjectLockConfigurationNotFoundError).with("BucketName", visit.bucket().text()));
  }
  return untyped_answer(object_lock_document(**lock));
}

/// A document that is none is told before versions that aren't there (recorded of buckets with Object Lock:
/// object-lock-configuration-malformed; reported of these: moto, whose test runs on Amazon S3).
Outcome put_object_lock_configuration(Visit& visit) {
  if (const auto bucket = visit.store().bucket(visit.bucket()); !bucket)
    return refused(bucket.error(), visit);
  const auto text = receive_document(visit);
  if (!text) return std::unexpected(text.error());
  if (text->empty()) return std::unexpected(S3Error(ErrorCode::MissingRequestBodyError));
  const auto lock = parse_object_lock(*text);
  if (!lock) return std::unexpected(lock.error());
  const auto stored = visit.store().set_bucket_document(visit.bucket(), storage::BucketDocument::object_lock,
                                                        object_lock_document(*lock));
  if (!stored) return refused(stored.error(), visit);
  return empty_answer(200);
}

Outcome get_object_legal_hold(Visit& visit) {
  const auto object = lockable_object(visit);
  if (!object) return std::unexpected(object.error());
  if (!object->attributes.legal_hold) return never_set();
  protocol::XmlWriter document("LegalHold");
  document.element("Status", *object->attributes.legal_hold ? "ON" : "OFF");
  return untyped_answer(document.finish());
}

Outcome get_object_retention(Visit& visit) {
  const auto object = lockable_object(visit);
  if (!object) return std::unexpected(object.error());
  const auto& retention = object->attributes.retention;
  if (!retention) return never_set();
  protocol::XmlWriter document("Retention");
  document.element("Mode", to_string(retention->mode))
      .element("RetainUntilDate", protocol::iso8601_milliseconds(retention->until));
  return untyped_answer(document.finish());
}

Outcome put_object_legal_hold(Visit& visit) {
  return change_lock(visit, hold_of_document, [](storage::ObjectAttributes& attributes, bool hold) {
    attributes.legal_hold = hold;
    return true;
  });
}

/// A date in the past is told before what may not be shortened (recorded: retention-errors).
Outcome put_object_retention(Visit& visit) {
  LockOverride override = LockOverride::none;
  const auto parse = [&](std::string_view text) -> S3Result<std::optional<Retention>> {
    auto wanted = retention_of_document(text);
    if (!wanted) return wanted;
    if (auto ok = require_lock(visit); !ok) return std::unexpected(std::move(ok.error()));
    const auto bypass = lock_override(visit, visit.target());
    if (!bypass) return std::unexpected(bypass.error());
    override = *bypass;
    if (*wanted) {
      if (auto ok = check_is_to_come(visit, (*wanted)->until, "RetainUntilDate"); !ok)
        return std::unexpected(std::move(ok.error()));
    }
    return wanted;
  };
  return change_lock(visit, parse,
                     [&](storage::ObjectAttributes& attributes, const std::optional<Retention>& wanted) {
                       if (!may_become(attributes.retention, wanted, visit.clock().now(), override))
                         return false;
                       attributes.retention = wanted;
                       return true;
                     });
}

}  // namespace partsmith::server
