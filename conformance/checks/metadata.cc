/// What is said at creation and belongs to the object.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

void complete_with_a_part(CheckContext& c, const client::UploadAddress& upload) {
  c.complete(upload, {c.part(upload, 1, "data")});
}

void kept(CheckContext& c, const protocol::Headers& headers) {
  complete_with_a_part(c, c.create("object", headers));
  auto answer = c.send(c.head());
  answer.status(200);
  for (const auto& [name, value] : headers) answer.header(name, value);
}

void system_metadata(CheckContext& c) {
  kept(c, {{"Content-Type", "video/mp4"},
           {"Cache-Control", "max-age=60"},
           {"Content-Disposition", "attachment; filename=\"gopher.mp4\""},
           {"Content-Encoding", "identity-for-a-test"},
           {"Content-Language", "de"}});
}

void user_metadata(CheckContext& c) {
  kept(c, {{"x-amz-meta-colour", "green"}, {"x-amz-meta-with-spaces", "one two  three"}});
}

void default_type(CheckContext& c) {
  complete_with_a_part(c, c.create());
  const std::string s3s = "binary/octet-stream";
  auto head = c.send(c.head());
  const auto told = head.header_value("Content-Type");
  head.status(200).expect(told == s3s, "header Content-Type: " + s3s, "Content-Type: " + told,
                          {.about = "header is", .name = "Content-Type", .value = s3s});
}

void of_a_part(CheckContext& c) {
  const auto upload = c.create();
  auto request = client::upload_part(upload, "1", "data");
  request.header("x-amz-meta-colour", "green");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("Metadata cannot be specified in this context.")
      .field("ArgumentName", "x-amz-meta-colour")
      .field("ArgumentValue", "green");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

}  // namespace

void add_metadata(std::vector<Check>& checks) {
  checks.push_back({.id = "multipart.metadata.system",
                    .title = "Content-Type and the like given at creation come back with the object",
                    .level = Level::must,
                    .source = "S3 API: CreateMultipartUpload; recording: put-get-system-metadata-headers",
                    .cost = {4, 4},
                    .body = system_metadata});
  checks.push_back({.id = "multipart.metadata.user",
                    .title = "x-amz-meta-* given at creation come back with the object",
                    .level = Level::must,
                    .source = "S3 API: CreateMultipartUpload; user guide: Working with object metadata",
                    .cost = {4, 4},
                    .body = user_metadata});
  checks.push_back({.id = "multipart.metadata.default-type",
                    .title = "Without a Content-Type the object is binary/octet-stream",
                    .level = Level::should,
                    .source = "recording: multipart-and-list-parts (head-multipart-checksum)",
                    .cost = {4, 4},
                    .body = default_type});
  checks.push_back({.id = "multipart.metadata.of-a-part",
                    .title = "x-amz-meta-* of a part is InvalidArgument",
                    .level = Level::should,
                    .source = "reported: minio-py#675, rust-s3#352, aws-sdk-java#1882, aws-sdk-cpp#1905",
                    .cost = {3, 4},
                    .body = of_a_part});
}

}  // namespace partsmith::conformance::checks
