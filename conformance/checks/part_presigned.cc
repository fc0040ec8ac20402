/// Parts by presigned URL, the way browsers send them.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

using client::Signing;
using client::upload_part;

client::S3Request presigned_part(const client::UploadAddress& upload, std::string_view number) {
  auto request = upload_part(upload, number, repeated("upload-part-1", 5));
  request.signing = Signing::presigned;
  return request;
}

void presigned(CheckContext& c) {
  const auto upload = c.create();
  c.send(presigned_part(upload, "1")).status(200).header("ETag", "\"3237c18681adb6a9d843c733ce249480\"");
  c.send(client::list_parts(upload)).status(200).elements("Part", 1);
}

void presigned_for_another_part(CheckContext& c) {
  const auto upload = c.create();
  auto prepared = c.client().prepare(presigned_part(upload, "1"));
  const std::string signed_number = "partNumber=1&";
  prepared.target.replace(prepared.target.find(signed_number), signed_number.size(), "partNumber=2&");
  c.send(prepared, upload.key).error(403, "SignatureDoesNotMatch");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

void anonymous(CheckContext& c) {
  const auto upload = c.create();
  auto request = upload_part(upload, "1", "data");
  request.signing = Signing::anonymous;
  c.send(request).error(403, "AccessDenied");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

}  // namespace

void add_part_presigned(std::vector<Check>& checks) {
  checks.push_back(
      {.id = "multipart.part.presigned",
       .title = "A part may be sent to a presigned URL",
       .level = Level::must,
       .source = "S3 API: Authenticating requests: Using query parameters; recording: presigned-put",
       .cost = {3, 65},
       .body = presigned});
  checks.push_back(
      {.id = "multipart.part.presigned-for-another",
       .title = "A URL presigned for one part is of no use for another",
       .level = Level::must,
       .source = "recording: presigned-wrong-signature-sigv4-path-style; S3 API: Authenticating requests",
       .cost = {3, 65},
       .body = presigned_for_another_part});
  checks.push_back({.id = "multipart.part.anonymous",
                    .title = "A part that nobody signed is AccessDenied in a private bucket",
                    .level = Level::must,
                    .source = "S3 API: Error responses (AccessDenied)",
                    .cost = {3, 4},
                    .body = anonymous});
}

}  // namespace partsmith::conformance::checks
