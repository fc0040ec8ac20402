#include "operations/operations.h"

#include <algorithm>
#include <array>

namespace partsmith::server {
namespace {

struct Row {
  std::string_view name;
  Operation function;
};

constexpr auto functions = std::to_array<Row>({
    {"ListBuckets", list_buckets},
    {"CreateBucket", create_bucket},
    {"HeadBucket", head_bucket},
    {"DeleteBucket", delete_bucket},
    {"GetBucketLocation", get_bucket_location},
    {"ListObjects", list_objects},
    {"ListObjectsV2", list_objects_v2},
    {"DeleteObjects", delete_objects},
    {"ListMultipartUploads", list_multipart_uploads},
    {"PutObject", put_object},
    {"GetObject", get_object},
    {"HeadObject", head_object},
    {"DeleteObject", delete_object},
    {"CopyObject", copy_object},
    {"GetObjectAttributes", get_object_attributes},
    {"CreateMultipartUpload", create_multipart_upload},
    {"UploadPart", upload_part},
    {"UploadPartCopy", upload_part_copy},
    {"CompleteMultipartUpload", complete_multipart_upload},
    {"AbortMultipartUpload", abort_multipart_upload},
    {"ListParts", list_parts},
});

}  // namespace

Operation operation_function(std::string_view name) {
  const auto row = std::ranges::find(functions, name, &Row::name);
  return row == functions.end() ? nullptr : row->function;
}

}  // namespace partsmith::server
