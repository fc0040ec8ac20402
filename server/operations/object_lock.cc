#include "operations/object_lock.h"

#include <partsmith/protocol/xml.h>

#include "operations/answers.h"
#include "operations/operations.h"
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

}  // namespace

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
