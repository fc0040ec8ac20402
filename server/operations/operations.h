#pragma once
/// S3's operations, each a function of a call. Their names are the functions' names.

#include <string_view>

#include "call.h"

namespace partsmith::server {

using Operation = Outcome (*)(Call&);

/// The function of an operation, or null when partsmith doesn't have it. A test holds this against the table of
/// operations, so that what the table calls full or partial exists, and nothing else does.
Operation operation_function(std::string_view name);

Outcome list_buckets(Call& call);
Outcome create_bucket(Call& call);
Outcome head_bucket(Call& call);
Outcome delete_bucket(Call& call);
Outcome get_bucket_location(Call& call);
Outcome list_objects(Call& call);
Outcome list_objects_v2(Call& call);
Outcome delete_objects(Call& call);
Outcome list_multipart_uploads(Call& call);

Outcome put_object(Call& call);
Outcome get_object(Call& call);
Outcome head_object(Call& call);
Outcome delete_object(Call& call);
Outcome copy_object(Call& call);
Outcome get_object_attributes(Call& call);

Outcome create_multipart_upload(Call& call);
Outcome upload_part(Call& call);
Outcome upload_part_copy(Call& call);
Outcome complete_multipart_upload(Call& call);
Outcome abort_multipart_upload(Call& call);
Outcome list_parts(Call& call);

}  // namespace partsmith::server
