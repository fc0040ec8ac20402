/// What a bucket can't be configured with here, and so truly hasn't: the answers of Amazon S3 for a bucket of
/// which nothing was set. Setting any of it is NotImplemented. Source: S3 API reference, the operations'
/// pages.

#include "operations/answers.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

/// The roots as Amazon S3 writes them, which are not all those of its API model (reported: brekkylab/backlot,
/// measured 2026-09).
constexpr std::string_view list_of_analytics = "ListBucketAnalyticsConfigurationsResult";
constexpr std::string_view list_of_intelligent_tiering = "ListIntelligentTieringConfigurationsResult";
constexpr std::string_view list_of_inventory = "ListInventoryConfigurationsResult";
constexpr std::string_view list_of_metrics = "ListMetricsConfigurationsResult";

Outcome not_there(const Visit& visit, ErrorCode code) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  return std::unexpected(S3Error(code).with("BucketName", visit.bucket().text()));
}

Outcome answered(const Visit& visit, Response response) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  return response;
}

Outcome nothing_to_delete(const Visit& visit) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  return empty_answer(204);
}

/// Without the bucket's name, unlike its kin.
Outcome no_such_configuration(const Visit& visit) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  return std::unexpected(S3Error(ErrorCode::NoSuchConfiguration));
}

/// No page of the list was ever cut, so no token but the empty one is right (this and the next: reported,
/// brekkylab/backlot, measured 2026-09).
Outcome list_of_none(const Visit& visit, std::string_view root) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  const auto token = visit.query().get("continuation-token");
  if (token && !token->empty()) return std::unexpected(S3Error(ErrorCode::MalformedContinuationToken));
  protocol::XmlWriter document(root);
  document.element("IsTruncated", false);
  if (token) document.element("ContinuationToken", *token);
  return untyped_answer(document.finish());
}

/// One configuration by its id; an empty id asks for the list.
Outcome one_of_none(const Visit& visit, std::string_view root_of_list) {
  return visit.query().get("id") == "" ? list_of_none(visit, root_of_list) : no_such_configuration(visit);
}

}  // namespace

Outcome get_bucket_website(Visit& visit) {
  return not_there(visit, ErrorCode::NoSuchWebsiteConfiguration);
}
Outcome delete_bucket_website(Visit& visit) {
  return nothing_to_delete(visit);
}

Outcome get_bucket_replication(Visit& visit) {
  return not_there(visit, ErrorCode::ReplicationConfigurationNotFoundError);
}
Outcome delete_bucket_replication(Visit& visit) {
  return nothing_to_delete(visit);
}

Outcome get_bucket_logging(Visit& visit) {
  protocol::XmlWriter document("BucketLoggingStatus");
  return answered(visit, xml_answer(document));
}
Outcome get_bucket_notification_configuration(Visit& visit) {
  return answered(visit, untyped_answer(protocol::XmlWriter("NotificationConfiguration").finish()));
}

// These three: reported, brekkylab/backlot, measured 2026-09.

Outcome get_bucket_abac(Visit& visit) {
  protocol::XmlWriter document("AbacStatus");
  document.element("Status", "Disabled");
  return answered(visit, untyped_answer(document.finish()));
}
Outcome get_bucket_metadata_configuration(Visit& visit) {
  return not_there(visit, ErrorCode::MetadataConfigurationNotFound);
}
/// The operation that the one before replaced: an account that never used it can't begin to.
Outcome get_bucket_metadata_table_configuration(Visit& visit) {
  const auto bucket = visit.store().bucket(visit.bucket());
  if (!bucket) return refused(bucket.error(), visit);
  return std::unexpected(S3Error(ErrorCode::V1APIsNotAllowed).with("Method", "GET"));
}

// The four kinds of configuration of which a bucket has many, each with an ID (recorded:
// analytics-configurations, intelligent-tiering-configurations, inventory-crud,
// metrics-configuration-delete-twice).

Outcome get_bucket_analytics_configuration(Visit& visit) {
  return one_of_none(visit, list_of_analytics);
}
Outcome get_bucket_intelligent_tiering_configuration(Visit& visit) {
  return one_of_none(visit, list_of_intelligent_tiering);
}
Outcome get_bucket_inventory_configuration(Visit& visit) {
  return one_of_none(visit, list_of_inventory);
}
Outcome get_bucket_metrics_configuration(Visit& visit) {
  return one_of_none(visit, list_of_metrics);
}
Outcome delete_bucket_analytics_configuration(Visit& visit) {
  return no_such_configuration(visit);
}
Outcome delete_bucket_intelligent_tiering_configuration(Visit& visit) {
  return no_such_configuration(visit);
}
Outcome delete_bucket_inventory_configuration(Visit& visit) {
  return no_such_configuration(visit);
}
Outcome delete_bucket_metrics_configuration(Visit& visit) {
  return no_such_configuration(visit);
}
Outcome list_bucket_analytics_configurations(Visit& visit) {
  return list_of_none(visit, list_of_analytics);
}
Outcome list_bucket_intelligent_tiering_configurations(Visit& visit) {
  return list_of_none(visit, list_of_intelligent_tiering);
}
Outcome list_bucket_inventory_configurations(Visit& visit) {
  return list_of_none(visit, list_of_inventory);
}
Outcome list_bucket_metrics_configurations(Visit& visit) {
  return list_of_none(visit, list_of_metrics);
}

}  // namespace partsmith::server
