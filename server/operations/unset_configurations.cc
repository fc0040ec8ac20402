/// What a bucket can't be configured with here, and so truly hasn't: the answers of Amazon S3 for a bucket of
/// which nothing was set. Setting any of it is NotImplemented. Source: S3 API reference, the operations'
/// pages.

#include "operations/answers.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

Outcome not_there(const Call& call, ErrorCode code) {
  const auto bucket = call.store().bucket(*call.bucket);
  if (!bucket) return refused(bucket.error(), call);
  return std::unexpected(S3Error(code).with("BucketName", call.bucket->text()));
}

Outcome empty_document(const Call& call, std::string_view root) {
  const auto bucket = call.store().bucket(*call.bucket);
  if (!bucket) return refused(bucket.error(), call);
  protocol::XmlWriter document(root);
  return xml_answer(document);
}

Outcome nothing_to_delete(const Call& call) {
  const auto bucket = call.store().bucket(*call.bucket);
  if (!bucket) return refused(bucket.error(), call);
  return empty_answer(204);
}

}  // namespace

Outcome get_bucket_policy(Call& call) {
  return not_there(call, ErrorCode::NoSuchBucketPolicy);
}
Outcome get_bucket_policy_status(Call& call) {
  return not_there(call, ErrorCode::NoSuchBucketPolicy);
}
Outcome delete_bucket_policy(Call& call) {
  return nothing_to_delete(call);
}

Outcome get_bucket_website(Call& call) {
  return not_there(call, ErrorCode::NoSuchWebsiteConfiguration);
}
Outcome delete_bucket_website(Call& call) {
  return nothing_to_delete(call);
}

Outcome get_bucket_replication(Call& call) {
  return not_there(call, ErrorCode::ReplicationConfigurationNotFoundError);
}
Outcome delete_bucket_replication(Call& call) {
  return nothing_to_delete(call);
}

Outcome get_object_lock_configuration(Call& call) {
  return not_there(call, ErrorCode::ObjectLockConfigurationNotFoundError);
}

Outcome get_bucket_logging(Call& call) {
  return empty_document(call, "BucketLoggingStatus");
}
Outcome get_bucket_notification_configuration(Call& call) {
  return empty_document(call, "NotificationConfiguration");
}
Outcome get_bucket_accelerate_configuration(Call& call) {
  return empty_document(call, "AccelerateConfiguration");
}

Outcome get_bucket_request_payment(Call& call) {
  const auto bucket = call.store().bucket(*call.bucket);
  if (!bucket) return refused(bucket.error(), call);
  protocol::XmlWriter document("RequestPaymentConfiguration");
  document.element("Payer", "BucketOwner");
  return xml_answer(document);
}

}  // namespace partsmith::server
