#include "configuration/object_lock.h"

#include <algorithm>
#include <charconv>

#include <partsmith/protocol/xml.h>
#include <partsmith/server/locked_buckets.h>

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using protocol::XmlElement;
using storage::Retention;

constexpr const char* enabled = "Enabled";

/// Source: S3 user guide, "Object Lock considerations".
constexpr std::uint32_t most_days = 36'500;
constexpr std::uint32_t most_years = 100;

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

/// Reported: versitygw#1738 (0 days), which has no ArgumentValue. The words for what is too long are
/// unsettled.
S3Result<std::uint32_t> period(const XmlElement& element, std::uint32_t most) {
  const auto refused = [&](const char* message) {
    return std::unexpected(S3Error(ErrorCode::InvalidArgument, message).with("ArgumentName", element.name));
  };
  const std::string_view text = protocol::trimmed(element.text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size() || error == std::errc::invalid_argument) {
    return malformed();
  }
  if (error == std::errc() && value <= 0) {
    return refused("Default retention period must be a positive integer value.");
  }
  if (error != std::errc() || value > most) return refused("Default retention period is too long.");
  return static_cast<std::uint32_t>(value);
}

S3Result<DefaultRetention> parse_default(const XmlElement& element) {
  if (element.child("DefaultEventHold") != nullptr) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented, "Event holds are not implemented"));
  }
  const auto mode = retention_mode(element.child_text("Mode").value_or(""));
  const auto* days = element.child("Days");
  const auto* years = element.child("Years");
  if (!mode || (days == nullptr) == (years == nullptr)) return malformed();
  DefaultRetention retention{.mode = *mode};
  const auto length = days != nullptr ? period(*days, most_days) : period(*years, most_years);
  if (!length) return std::unexpected(length.error());
  (days != nullptr ? retention.days : retention.years) = *length;
  return retention;
}

TimePoint years_later(TimePoint time, std::uint32_t years) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  year_month_day date(day);
  date += std::chrono::years(years);
  if (!date.ok()) date = date.year() / date.month() / last;
  return sys_days(date) + (time - day);
}

}  // namespace

/// Years are those of the calendar (unsettled).
Retention DefaultRetention::of_version_made(TimePoint time) const {
  constexpr TimePoint last_day = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);
  const TimePoint until = years != 0 ? years_later(time, years) : time + std::chrono::days(days);
  return {mode, std::min(until, last_day)};
}

std::string_view to_string(Retention::Mode mode) {
  return mode == Retention::Mode::compliance ? "COMPLIANCE" : "GOVERNANCE";
}

std::optional<Retention::Mode> retention_mode(std::string_view name) {
  if (name == "COMPLIANCE") return Retention::Mode::compliance;
  if (name == "GOVERNANCE") return Retention::Mode::governance;
  return std::nullopt;
}

S3Result<ObjectLock> parse_object_lock(std::string_view document) {
  const auto root = protocol::parse_xml(document);
  if (!root || root->name != "ObjectLockConfiguration" || root->child_text("ObjectLockEnabled") != enabled)
    return malformed();
  ObjectLock lock;
  const auto* rule = root->child("Rule");
  if (rule == nullptr) return lock;
  const auto* retention = rule->child("DefaultRetention");
  if (retention == nullptr) return malformed();
  const auto parsed = parse_default(*retention);
  if (!parsed) return std::unexpected(parsed.error());
  lock.default_retention = *parsed;
  return lock;
}

std::string object_lock_document(const ObjectLock& lock) {
  protocol::XmlWriter document("ObjectLockConfiguration");
  document.element("ObjectLockEnabled", enabled);
  if (const auto& retention = lock.default_retention) {
    document.open("Rule").open("DefaultRetention").element("Mode", to_string(retention->mode));
    if (retention->days != 0) document.element("Days", std::to_string(retention->days));
    if (retention->years != 0) document.element("Years", std::to_string(retention->years));
    document.close().close();
  }
  return document.finish();
}

storage::Result<void> lock_bucket(storage::Store& store, const BucketName& bucket) {
  using storage::BucketDocument;
  const auto there = store.bucket_document(bucket, BucketDocument::object_lock);
  if (!there) return std::unexpected(there.error());
  if (*there) return {};
  if (auto set = store.set_versioning(bucket, storage::Versioning::enabled); !set) return set;
  return store.set_bucket_document(bucket, BucketDocument::object_lock, object_lock_document({}));
}

}  // namespace partsmith::server
