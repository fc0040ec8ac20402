#pragma once
/// S3's operations, each a function of a call. Their names are the functions' names.

#include <string_view>

#include "call.h"

namespace partsmith::server {

using Operation = Outcome (*)(Call&);

/// The function of an operation, or null when partsmith doesn't have it. A test holds this against the table
/// of operations, so that what the table calls full or partial exists, and nothing else does.
Operation operation_function(std::string_view name);

Outcome list_buckets(Call& call);
Outcome create_bucket(Call& call);
Outcome head_bucket(Call& call);
Outcome delete_bucket(Call& call);
Outcome get_bucket_location(Call& call);
Outcome list_objects(Call& call);
Outcome list_objects_v2(Call& call);
Outcome delete_objects(Call& call);
Outcome list_object_versions(Call& call);
Outcome list_multipart_uploads(Call& call);
Outcome get_bucket_versioning(Call& call);
Outcome put_bucket_versioning(Call& call);
Outcome get_bucket_acl(Call& call);
Outcome put_bucket_acl(Call& call);
Outcome get_bucket_ownership_controls(Call& call);
Outcome put_bucket_ownership_controls(Call& call);
Outcome delete_bucket_ownership_controls(Call& call);
Outcome get_public_access_block(Call& call);
Outcome put_public_access_block(Call& call);
Outcome delete_public_access_block(Call& call);

Outcome put_bucket_cors(Call& call);
Outcome get_bucket_cors(Call& call);
Outcome delete_bucket_cors(Call& call);
Outcome put_bucket_encryption(Call& call);
Outcome get_bucket_encryption(Call& call);
Outcome delete_bucket_encryption(Call& call);
Outcome put_bucket_lifecycle_configuration(Call& call);
Outcome get_bucket_lifecycle_configuration(Call& call);
Outcome delete_bucket_lifecycle(Call& call);
Outcome put_bucket_tagging(Call& call);
Outcome get_bucket_tagging(Call& call);
Outcome delete_bucket_tagging(Call& call);
Outcome put_bucket_accelerate_configuration(Call& call);
Outcome get_bucket_accelerate_configuration(Call& call);
Outcome put_bucket_request_payment(Call& call);
Outcome get_bucket_request_payment(Call& call);

// of a bucket of which nothing was set
Outcome get_bucket_policy(Call& call);
Outcome get_bucket_policy_status(Call& call);
Outcome delete_bucket_policy(Call& call);
Outcome get_bucket_website(Call& call);
Outcome delete_bucket_website(Call& call);
Outcome get_bucket_replication(Call& call);
Outcome delete_bucket_replication(Call& call);
Outcome get_object_lock_configuration(Call& call);
Outcome get_bucket_logging(Call& call);
Outcome get_bucket_notification_configuration(Call& call);
Outcome get_bucket_analytics_configuration(Call& call);
Outcome delete_bucket_analytics_configuration(Call& call);
Outcome list_bucket_analytics_configurations(Call& call);
Outcome get_bucket_intelligent_tiering_configuration(Call& call);
Outcome delete_bucket_intelligent_tiering_configuration(Call& call);
Outcome list_bucket_intelligent_tiering_configurations(Call& call);
Outcome get_bucket_inventory_configuration(Call& call);
Outcome delete_bucket_inventory_configuration(Call& call);
Outcome list_bucket_inventory_configurations(Call& call);
Outcome get_bucket_metrics_configuration(Call& call);
Outcome delete_bucket_metrics_configuration(Call& call);
Outcome list_bucket_metrics_configurations(Call& call);

// of a bucket without Object Lock
Outcome get_object_legal_hold(Call& call);
Outcome put_object_legal_hold(Call& call);
Outcome get_object_retention(Call& call);
Outcome put_object_retention(Call& call);

Outcome restore_object(Call& call);

Outcome put_object(Call& call);
Outcome post_object(Call& call);
Outcome get_object(Call& call);
Outcome head_object(Call& call);
Outcome delete_object(Call& call);
Outcome copy_object(Call& call);
Outcome get_object_attributes(Call& call);
Outcome get_object_tagging(Call& call);
Outcome put_object_tagging(Call& call);
Outcome delete_object_tagging(Call& call);
Outcome get_object_acl(Call& call);
Outcome put_object_acl(Call& call);

Outcome create_multipart_upload(Call& call);
Outcome upload_part(Call& call);
Outcome upload_part_copy(Call& call);
Outcome complete_multipart_upload(Call& call);
Outcome abort_multipart_upload(Call& call);
Outcome list_parts(Call& call);

}  // namespace partsmith::server
