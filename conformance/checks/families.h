#pragma once
/// The families of checks, in the order of the catalogue.

#include <span>
#include <vector>

#include <partsmith/conformance/check.h>

namespace partsmith::conformance::checks {

void add_create(std::vector<Check>& checks);
void add_part(std::vector<Check>& checks);
void add_part_number(std::vector<Check>& checks);
void add_part_digest(std::vector<Check>& checks);
void add_part_checksum(std::vector<Check>& checks);
void add_part_payload(std::vector<Check>& checks);
void add_part_presigned(std::vector<Check>& checks);
void add_complete(std::vector<Check>& checks);
void add_complete_refused(std::vector<Check>& checks);
void add_complete_document(std::vector<Check>& checks);
void add_complete_checksum(std::vector<Check>& checks);
void add_complete_conditional(std::vector<Check>& checks);
void add_abort(std::vector<Check>& checks);
void add_again(std::vector<Check>& checks);
void add_again_objects(std::vector<Check>& checks);
void add_signed(std::vector<Check>& checks);
void add_no_such_upload(std::vector<Check>& checks);
void add_list_parts(std::vector<Check>& checks);
void add_list_uploads(std::vector<Check>& checks);
void add_copy(std::vector<Check>& checks);
void add_metadata(std::vector<Check>& checks);
void add_get_part(std::vector<Check>& checks);
void add_attributes(std::vector<Check>& checks);
void add_object(std::vector<Check>& checks);
void add_object_range(std::vector<Check>& checks);
void add_object_conditions(std::vector<Check>& checks);
void add_object_delete(std::vector<Check>& checks);
void add_object_copy(std::vector<Check>& checks);
void add_object_list(std::vector<Check>& checks);
void add_object_metadata(std::vector<Check>& checks);
void add_object_checksum(std::vector<Check>& checks);
void add_object_presigned(std::vector<Check>& checks);
void add_customer_key(std::vector<Check>& checks);
void add_part_trailer(std::vector<Check>& checks);
void add_copy_conditions(std::vector<Check>& checks);
void add_answers(std::vector<Check>& checks);
void add_race(std::vector<Check>& checks);
void add_wire(std::vector<Check>& checks);
void add_versions(std::vector<Check>& checks);
void add_versions_made(std::vector<Check>& checks);
void add_object_list_v1(std::vector<Check>& checks);
void add_bucket(std::vector<Check>& checks);
void add_form(std::vector<Check>& checks);
void add_form_policy(std::vector<Check>& checks);
void add_tags(std::vector<Check>& checks);
void add_lifecycle(std::vector<Check>& checks);
void add_cors(std::vector<Check>& checks);
void add_credentials(std::vector<Check>& checks);
void add_bucket_encryption(std::vector<Check>& checks);
void add_expected_owner(std::vector<Check>& checks);
void add_acl(std::vector<Check>& checks);
void add_routing(std::vector<Check>& checks);
void add_acl_set(std::vector<Check>& checks);
void add_bucket_policy(std::vector<Check>& checks);
void add_bucket_policy_access(std::vector<Check>& checks);
void add_bucket_lock(std::vector<Check>& checks);
void add_object_lock(std::vector<Check>& checks);
void add_object_hold(std::vector<Check>& checks);
void add_again_locks(std::vector<Check>& checks);
void add_bucket_settings(std::vector<Check>& checks);
void add_archive(std::vector<Check>& checks);
void add_encoding_type(std::vector<Check>& checks);
void add_other_account(std::vector<Check>& checks);
void add_vast(std::vector<Check>& checks);
void add_cors_answers(std::vector<Check>& checks);
void add_lifecycle_refused(std::vector<Check>& checks);
void add_routing_methods(std::vector<Check>& checks);
void add_unset(std::vector<Check>& checks);
void add_listing_values(std::vector<Check>& checks);
void add_version_ids(std::vector<Check>& checks);
void add_headers_refused(std::vector<Check>& checks);
void add_object_framing(std::vector<Check>& checks);
void add_document_shapes(std::vector<Check>& checks);
void add_signing_words(std::vector<Check>& checks);

using AddFamily = void (*)(std::vector<Check>&);
std::span<const AddFamily> families();

}  // namespace partsmith::conformance::checks
