#include "checks/families.h"

#include <array>

#include "checks/headers.h"

namespace partsmith::conformance::checks {

std::span<const AddFamily> families() {
  static constexpr auto all = std::to_array<AddFamily>({add_create,
                                                        add_part,
                                                        add_part_number,
                                                        add_part_digest,
                                                        add_part_checksum,
                                                        add_part_payload,
                                                        add_part_trailer,
                                                        add_part_presigned,
                                                        add_complete,
                                                        add_complete_refused,
                                                        add_complete_document,
                                                        add_complete_checksum,
                                                        add_complete_conditional,
                                                        add_abort,
                                                        add_no_such_upload,
                                                        add_list_parts,
                                                        add_list_uploads,
                                                        add_copy,
                                                        add_copy_conditions,
                                                        add_metadata,
                                                        add_headers,
                                                        add_get_part,
                                                        add_attributes,
                                                        add_answers,
                                                        add_race,
                                                        add_wire,
                                                        add_object,
                                                        add_object_range,
                                                        add_object_conditions,
                                                        add_object_delete,
                                                        add_object_copy,
                                                        add_object_list,
                                                        add_object_list_v1,
                                                        add_object_metadata,
                                                        add_object_checksum,
                                                        add_object_presigned,
                                                        add_customer_key,
                                                        add_versions,
                                                        add_versions_made,
                                                        add_bucket,
                                                        add_form,
                                                        add_form_policy,
                                                        add_tags,
                                                        add_lifecycle,
                                                        add_cors,
                                                        add_bucket_encryption,
                                                        add_expected_owner,
                                                        add_acl,
                                                        add_acl_set,
                                                        add_bucket_settings,
                                                        add_archive,
                                                        add_encoding_type,
                                                        add_routing,
                                                        add_signed,
                                                        add_again,
                                                        add_again_objects});
  return all;
}

}  // namespace partsmith::conformance::checks
