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

Outcome get_lock(const Call& call) {
  if (const auto bucket = call.store().bucket(*call.bucket); !bucket) return refused(bucket.error(), call);
  return invalid_request(no_lock);
}

/// A body that isn't there or is no document is told before the lock that isn't there (recorded:
/// legal-hold-errors).
Outcome put_lock(const Call& call, std::string_view root_name) {
  if (const auto bucket = call.store().bucket(*call.bucket); !bucket) return refused(bucket.error(), call);
  const auto text = receive_document(call);
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

S3Result<void> refuse_governance_bypass(const Call& call) {
  if (!call.headers().has(bypass_header)) return {};
  if (const auto bucket = call.store().bucket(*call.bucket); !bucket) return refused(bucket.error(), call);
  return std::unexpected(
      S3Error(ErrorCode::InvalidArgument,
              std::string(bypass_header) + " is only applicable to Object Lock enabled buckets.")
          .with("ArgumentName", bypass_header));
}

Outcome get_object_legal_hold(Call& call) {
  return get_lock(call);
}
Outcome get_object_retention(Call& call) {
  return get_lock(call);
}
Outcome put_object_legal_hold(Call& call) {
  return put_lock(call, "LegalHold");
}
Outcome put_object_retention(Call& call) {
  return put_lock(call, "Retention");
}

}  // namespace partsmith::server
