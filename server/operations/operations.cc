#include "operations/operations.h"

#include <array>

namespace partsmith::server {
namespace {

using enum protocol::OperationId;

struct Row {
  protocol::OperationId id;
  Operation function;
};

constexpr auto rows = std::to_array<Row>({
    {ListBuckets, list_buckets},
    {CreateBucket, create_bucket},
    {HeadBucket, head_bucket},
    {DeleteBucket, delete_bucket},
    {GetBucketLocation, get_bucket_location},
    {ListObjects, list_objects},
    {ListObjectsV2, list_objects_v2},
    {DeleteObjects, delete_objects},
    {ListObjectVersions, list_object_versions},
    {ListMultipartUploads, list_multipart_uploads},
    {PutBucketCors, put_bucket_cors},
    {GetBucketCors, get_bucket_cors},
    {DeleteBucketCors, delete_bucket_cors},
    {PutBucketEncryption, put_bucket_encryption},
    {GetBucketEncryption, get_bucket_encryption},
    {DeleteBucketEncryption, delete_bucket_encryption},
    {PutBucketLifecycleConfiguration, put_bucket_lifecycle_configuration},
    {GetBucketLifecycleConfiguration, get_bucket_lifecycle_configuration},
    {DeleteBucketLifecycle, delete_bucket_lifecycle},
    {PutBucketTagging, put_bucket_tagging},
    {GetBucketTagging, get_bucket_tagging},
    {DeleteBucketTagging, delete_bucket_tagging},
    {GetBucketWebsite, get_bucket_website},
    {DeleteBucketWebsite, delete_bucket_website},
    {GetBucketReplication, get_bucket_replication},
    {DeleteBucketReplication, delete_bucket_replication},
    {GetObjectLockConfiguration, get_object_lock_configuration},
    {PutObjectLockConfiguration, put_object_lock_configuration},
    {GetBucketLogging, get_bucket_logging},
    {GetBucketNotificationConfiguration, get_bucket_notification_configuration},
    {GetBucketAccelerateConfiguration, get_bucket_accelerate_configuration},
    {GetBucketRequestPayment, get_bucket_request_payment},
    {GetBucketAbac, get_bucket_abac},
    {GetBucketMetadataConfiguration, get_bucket_metadata_configuration},
    {GetBucketMetadataTableConfiguration, get_bucket_metadata_table_configuration},
    {GetBucketAnalyticsConfiguration, get_bucket_analytics_configuration},
    {DeleteBucketAnalyticsConfiguration, delete_bucket_analytics_configuration},
    {ListBucketAnalyticsConfigurations, list_bucket_analytics_configurations},
    {GetBucketIntelligentTieringConfiguration, get_bucket_intelligent_tiering_configuration},
    {DeleteBucketIntelligentTieringConfiguration, delete_bucket_intelligent_tiering_configuration},
    {ListBucketIntelligentTieringConfigurations, list_bucket_intelligent_tiering_configurations},
    {GetBucketInventoryConfiguration, get_bucket_inventory_configuration},
    {DeleteBucketInventoryConfiguration, delete_bucket_inventory_configuration},
    {ListBucketInventoryConfigurations, list_bucket_inventory_configurations},
    {GetBucketMetricsConfiguration, get_bucket_metrics_configuration},
    {DeleteBucketMetricsConfiguration, delete_bucket_metrics_configuration},
    {ListBucketMetricsConfigurations, list_bucket_metrics_configurations},
    {GetObjectLegalHold, get_object_legal_hold},
    {PutObjectLegalHold, put_object_legal_hold},
    {GetObjectRetention, get_object_retention},
    {PutObjectRetention, put_object_retention},
    {RestoreObject, restore_object},
    {PutBucketAccelerateConfiguration, put_bucket_accelerate_configuration},
    {PutBucketRequestPayment, put_bucket_request_payment},
    {GetBucketVersioning, get_bucket_versioning},
    {PutBucketVersioning, put_bucket_versioning},
    {GetBucketAcl, get_bucket_acl},
    {PutBucketAcl, put_bucket_acl},
    {GetBucketOwnershipControls, get_bucket_ownership_controls},
    {PutBucketOwnershipControls, put_bucket_ownership_controls},
    {DeleteBucketOwnershipControls, delete_bucket_ownership_controls},
    {GetPublicAccessBlock, get_public_access_block},
    {PutPublicAccessBlock, put_public_access_block},
    {DeletePublicAccessBlock, delete_public_access_block},
    {GetBucketPolicy, get_bucket_policy},
    {GetBucketPolicyStatus, get_bucket_policy_status},
    {PutBucketPolicy, put_bucket_policy},
    {DeleteBucketPolicy, delete_bucket_policy},
    {GetObjectTagging, get_object_tagging},
    {PutObjectTagging, put_object_tagging},
    {DeleteObjectTagging, delete_object_tagging},
    {GetObjectAcl, get_object_acl},
    {PutObjectAcl, put_object_acl},
    {PutObject, put_object},
    {PostObject, post_object},
    {GetObject, get_object},
    {HeadObject, head_object},
    {DeleteObject, delete_object},
    {CopyObject, copy_object},
    {GetObjectAttributes, get_object_attributes},
    {CreateMultipartUpload, create_multipart_upload},
    {UploadPart, upload_part},
    {UploadPartCopy, upload_part_copy},
    {CompleteMultipartUpload, complete_multipart_upload},
    {AbortMultipartUpload, abort_multipart_upload},
    {ListParts, list_parts},
});

/// By id. What no row names is null.
constexpr auto functions = [] {
  std::array<Operation, 256> all{};
  for (const Row& row : rows) all[static_cast<std::size_t>(row.id)] = row.function;
  return all;
}();

}  // namespace

Operation operation_function(protocol::OperationId id) {
  return functions[static_cast<std::size_t>(id)];
}

}  // namespace partsmith::server
