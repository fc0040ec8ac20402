#pragma once
/// S3's operations on the local store, each a function of a visit. Their names are the functions' names.

#include <partsmith/protocol/operations.h>

#include "visit.h"

namespace partsmith::server {

using Operation = Outcome (*)(Visit&);

/// The function of an operation, or null when partsmith doesn't have it. A test holds this against the table
/// of operations, so that what the table calls full or partial exists, and nothing else does.
Operation operation_function(protocol::OperationId id);

Outcome list_buckets(Visit& visit);
Outcome create_bucket(Visit& visit);
Outcome head_bucket(Visit& visit);
Outcome delete_bucket(Visit& visit);
Outcome get_bucket_location(Visit& visit);
Outcome list_objects(Visit& visit);
Outcome list_objects_v2(Visit& visit);
Outcome delete_objects(Visit& visit);
Outcome list_object_versions(Visit& visit);
Outcome list_multipart_uploads(Visit& visit);
Outcome get_bucket_versioning(Visit& visit);
Outcome put_bucket_versioning(Visit& visit);
Outcome get_bucket_acl(Visit& visit);
Outcome put_bucket_acl(Visit& visit);
Outcome get_bucket_ownership_controls(Visit& visit);
Outcome put_bucket_ownership_controls(Visit& visit);
Outcome delete_bucket_ownership_controls(Visit& visit);
Outcome get_public_access_block(Visit& visit);
Outcome put_public_access_block(Visit& visit);
Outcome delete_public_access_block(Visit& visit);
Outcome get_bucket_policy(Visit& visit);
Outcome get_bucket_policy_status(Visit& visit);
Outcome put_bucket_policy(Visit& visit);
Outcome delete_bucket_policy(Visit& visit);

Outcome put_bucket_cors(Visit& visit);
Outcome get_bucket_cors(Visit& visit);
Outcome delete_bucket_cors(Visit& visit);
Outcome put_bucket_encryption(Visit& visit);
Outcome get_bucket_encryption(Visit& visit);
Outcome delete_bucket_encryption(Visit& visit);
Outcome put_bucket_lifecycle_configuration(Visit& visit);
Outcome get_bucket_lifecycle_configuration(Visit& visit);
Outcome delete_bucket_lifecycle(Visit& visit);
Outcome put_bucket_tagging(Visit& visit);
Outcome get_bucket_tagging(Visit& visit);
Outcome delete_bucket_tagging(Visit& visit);
Outcome put_bucket_accelerate_configuration(Visit& visit);
Outcome get_bucket_accelerate_configuration(Visit& visit);
Outcome put_bucket_request_payment(Visit& visit);
Outcome get_bucket_request_payment(Visit& visit);

// of a bucket of which nothing was set
Outcome get_bucket_website(Visit& visit);
Outcome delete_bucket_website(Visit& visit);
Outcome get_bucket_replication(Visit& visit);
Outcome delete_bucket_replication(Visit& visit);
Outcome get_bucket_logging(Visit& visit);
Outcome get_bucket_abac(Visit& visit);
Outcome get_bucket_metadata_configuration(Visit& visit);
Outcome get_bucket_metadata_table_configuration(Visit& visit);
Outcome get_bucket_notification_configuration(Visit& visit);
Outcome get_bucket_analytics_configuration(Visit& visit);
Outcome delete_bucket_analytics_configuration(Visit& visit);
Outcome list_bucket_analytics_configurations(Visit& visit);
Outcome get_bucket_intelligent_tiering_configuration(Visit& visit);
Outcome delete_bucket_intelligent_tiering_configuration(Visit& visit);
Outcome list_bucket_intelligent_tiering_configurations(Visit& visit);
Outcome get_bucket_inventory_configuration(Visit& visit);
Outcome delete_bucket_inventory_configuration(Visit& visit);
Outcome list_bucket_inventory_configurations(Visit& visit);
Outcome get_bucket_metrics_configuration(Visit& visit);
Outcome delete_bucket_metrics_configuration(Visit& visit);
Outcome list_bucket_metrics_configurations(Visit& visit);

Outcome get_object_lock_configuration(Visit& visit);
Outcome put_object_lock_configuration(Visit& visit);
Outcome get_object_legal_hold(Visit& visit);
Outcome put_object_legal_hold(Visit& visit);
Outcome get_object_retention(Visit& visit);
Outcome put_object_retention(Visit& visit);

Outcome restore_object(Visit& visit);

Outcome put_object(Visit& visit);
Outcome post_object(Visit& visit);
Outcome get_object(Visit& visit);
Outcome head_object(Visit& visit);
Outcome delete_object(Visit& visit);
Outcome copy_object(Visit& visit);
Outcome get_object_attributes(Visit& visit);
Outcome get_object_tagging(Visit& visit);
Outcome put_object_tagging(Visit& visit);
Outcome delete_object_tagging(Visit& visit);
Outcome get_object_acl(Visit& visit);
Outcome put_object_acl(Visit& visit);

Outcome create_multipart_upload(Visit& visit);
Outcome upload_part(Visit& visit);
Outcome upload_part_copy(Visit& visit);
Outcome complete_multipart_upload(Visit& visit);
Outcome abort_multipart_upload(Visit& visit);
Outcome list_parts(Visit& visit);

}  // namespace partsmith::server
