#pragma once
/// Buckets with Object Lock, and versions that are retained or held. Nothing that a check locks in GOVERNANCE
/// mode outlasts it: who cleans up bypasses that.

#include <chrono>

#include <partsmith/protocol/dates.h>

#include "checks/configuration.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {

inline const std::vector<Need> own_lock{Need::own_bucket, Need::object_lock};

inline constexpr std::string_view lock_guide = "user guide: Locking objects with Object Lock";
inline constexpr std::string_view is_locked = "Access Denied because object protected by object lock.";
inline constexpr std::string_view no_xml_of_lock =
    "The XML you provided was not well-formed or did not validate against our published schema";
inline constexpr std::string_view lock_mode = "x-amz-object-lock-mode";
inline constexpr std::string_view lock_until = "x-amz-object-lock-retain-until-date";
inline constexpr std::string_view lock_hold = "x-amz-object-lock-legal-hold";

inline std::string lock_document(std::string_view root, std::string_view content) {
  return '<' + std::string(root) + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
         std::string(content) + "</" + std::string(root) + '>';
}

/// `content` of the rule's DefaultRetention; empty: no rule.
inline client::S3Request locking(const CheckContext& c, std::string_view content = {}) {
  std::string inner = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>";
  if (!content.empty())
    inner += "<Rule><DefaultRetention>" + std::string(content) + "</DefaultRetention></Rule>";
  return configuring(c, "object-lock", lock_document("ObjectLockConfiguration", inner));
}

inline constexpr std::string_view a_day = "<Mode>GOVERNANCE</Mode><Days>1</Days>";

/// A step that every check here takes for granted; also where the bucket was made with Object Lock, for a
/// script's bucket is made without. What it answers may be looked at.
inline Answer lock(CheckContext& c, std::string_view content = {}) {
  enable(c);
  auto answer = c.send(locking(c, content));
  skip_where_missing(c, answer, "Object Lock");
  answer.status(200).required();
  return answer;
}

inline TimePoint whole_seconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}
/// The next whole second by the endpoint's own clock, by which retentions end.
inline TimePoint endpoint_time(const Answer& answer) {
  return protocol::parse_http_date(answer.header_value("date")).value_or(whole_seconds(SystemClock().now())) +
         std::chrono::seconds(1);
}
inline TimePoint in_an_hour() {
  return whole_seconds(SystemClock().now() + std::chrono::hours(1));
}

inline client::S3Request with_digest(client::S3Request request) {
  request.header("Content-MD5", to_base64(md5(as_bytes(*request.body.text()))));
  return request;
}

/// Headers of what is put retained.
inline protocol::Headers retained(TimePoint until, std::string_view mode = "GOVERNANCE") {
  protocol::Headers headers;
  headers.add(std::string(lock_mode), std::string(mode));
  headers.add(std::string(lock_until), protocol::iso8601(until));
  return headers;
}
inline protocol::Headers held() {
  protocol::Headers headers;
  headers.add(std::string(lock_hold), "ON");
  return headers;
}

inline client::S3Request with_all(client::S3Request request, const protocol::Headers& headers) {
  for (const auto& [name, value] : headers) request.headers.set(name, value);
  return request;
}

/// The id of the version that was put so, with a digest.
inline std::string put_version(CheckContext& c, std::string_view name,
                               const protocol::Headers& headers = {}) {
  auto answer = c.send(with_all(with_digest(putting(c, name, "test")), headers));
  answer.status(200).has_header("x-amz-version-id").required();
  return version_of(answer);
}

inline client::S3Request of_subresource(const CheckContext& c, std::string method, std::string_view name,
                                        std::string subresource) {
  auto request = c.request(std::move(method), name);
  request.parameter(std::move(subresource), "");
  return request;
}
inline client::S3Request retaining(const CheckContext& c, std::string_view content,
                                   std::string_view name = "object") {
  auto request = of_subresource(c, "PUT", name, "retention");
  request.body = lock_document("Retention", content);
  return with_digest(std::move(request));
}
inline client::S3Request retaining(const CheckContext& c, TimePoint until,
                                   std::string_view mode = "GOVERNANCE") {
  return retaining(c, "<Mode>" + std::string(mode) + "</Mode><RetainUntilDate>" + protocol::iso8601(until) +
                          "</RetainUntilDate>");
}
inline client::S3Request holding(const CheckContext& c, std::string_view status,
                                 std::string_view name = "object") {
  auto request = of_subresource(c, "PUT", name, "legal-hold");
  request.body = lock_document("LegalHold", "<Status>" + std::string(status) + "</Status>");
  return with_digest(std::move(request));
}
inline client::S3Request bypassing(client::S3Request request) {
  request.header("x-amz-bypass-governance-retention", "true");
  return request;
}

inline client::S3Request deleting_version_among_many(const CheckContext& c, const std::string& version) {
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "");
  request.body = lock_document(
      "Delete", "<Object><Key>" + c.key() + "</Key><VersionId>" + version + "</VersionId></Object>");
  return with_digest(std::move(request));
}

inline Answer& expect_locked(Answer&& answer) {
  return answer.error(403, "AccessDenied").message(is_locked);
}

/// GET or HEAD tells the retention; its date in any form that means the same.
inline Answer& expect_retained(Answer& answer, TimePoint until, std::string_view mode = "GOVERNANCE") {
  answer.header(lock_mode, mode);
  const auto told = answer.header_value(lock_until);
  const auto time = protocol::parse_iso8601(told);
  return answer.expect(time && whole_seconds(*time) == until,
                       std::string(lock_until) + ' ' + protocol::iso8601(until),
                       std::string(lock_until) + ' ' + (told.empty() ? "is missing" : told));
}
inline Answer& expect_unlocked(Answer& answer) {
  return answer.no_header(lock_mode).no_header(lock_until).no_header(lock_hold);
}

}  // namespace partsmith::conformance::checks
