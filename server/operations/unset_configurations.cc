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

/// Without the bucket's name, unlike its kin.
Outcome no_such_configuration(const Call& call) {
  const auto bucket = call.store().bucket(*call.bucket);
  if (!bucket) return refused(bucket.error(), call);
  return std::unexpected(S3Error(ErrorCode::NoSuchConfiguration));
}

Outcome list_of_none(const Call& call, std::string_view root) {
  const auto bucket = call.store().bucket(*call.bucket);
  if (!bucket) return refused(bucket.error(), call);
  protocol::XmlWriter document(root);
  document.element("IsTruncated", false);
  return xml_answer(document);
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

// The four kinds of configuration of which a bucket has many, each with an ID (recorded: analytics-configurations,
// intelligent-tiering-configurations, inventory-crud, metrics-configuration-delete-twice).

Outcome get_bucket_analytics_configuration(Call& call) {
  return no_such_configuration(call);
}
Outcome get_bucket_intelligent_tiering_configuration(Call& call) {
  return no_such_configuration(call);
}
Outcome get_bucket_inventory_configuration(Call& call) {
  return no_such_configuration(call);
}
Outcome get_bucket_metrics_configuration(Call& call) {
  return no_such_configuration(call);
}
Outcome delete_bucket_analytics_configuration(Call& call) {
  return no_such_configuration(call);
}
Outcome delete_bucket_intelligent_tiering_configuration(Call& call) {
  return no_such_configuration(call);
}
Outcome delete_bucket_inventory_configuration(Call& call) {
  return no_such_configuration(call);
}
Outcome delete_bucket_metrics_configuration(Call& call) {
  return no_such_configuration(call);
}
Outcome list_bucket_analytics_configurations(Call& call) {
  return list_of_none(call, "ListBucketAnalyticsConfigurationResult");
}
Outcome list_bucket_intelligent_tiering_configurations(Call& call) {
  return list_of_none(call, "ListBucketIntelligentTieringConfigurationsOutput");
}
Outcome list_bucket_inventory_configurations(Call& call) {
  return list_of_none(call, "ListInventoryConfigurationsResult");
}
Outcome list_bucket_metrics_configurations(Call& call) {
  return list_of_none(call, "ListMetricsConfigurationsResult");
}

}  // namespace partsmith::server
