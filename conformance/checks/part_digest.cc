/// Content-MD5 and x-amz-content-sha256 of a part.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

using client::upload_part;

constexpr std::string_view recording = "recording: content-md5-put-and-upload-part";

client::S3Request part_with_md5(const client::UploadAddress& upload, std::string md5) {
  auto request = upload_part(upload, "1", "something");
  request.header("Content-MD5", std::move(md5));
  return request;
}

void good_md5(CheckContext& c) {
  const auto upload = c.create();
  c.send(part_with_md5(upload, "Q3uTDbhLgHnC3YBKcZNrXw=="))
      .status(200)
      .header("ETag", "\"437b930db84b8079c2dd804a71936b5f\"");
}

void wrong_md5(CheckContext& c) {
  const auto upload = c.create();
  c.send(part_with_md5(upload, "CYketZBSTjX8czcs3cXVlg=="))
      .error(400, "BadDigest")
      .message("The Content-MD5 you specified did not match what we received.");
}

void wrong_md5_fields(CheckContext& c) {
  const auto upload = c.create();
  c.send(part_with_md5(upload, "CYketZBSTjX8czcs3cXVlg=="))
      .field("ExpectedDigest", "CYketZBSTjX8czcs3cXVlg==")
      .field("CalculatedDigest", "Q3uTDbhLgHnC3YBKcZNrXw==");
}

void wrong_md5_leaves_nothing(CheckContext& c) {
  const auto upload = c.create();
  c.send(part_with_md5(upload, "CYketZBSTjX8czcs3cXVlg==")).error(400, "BadDigest");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

void wrong_md5_keeps_the_former(CheckContext& c) {
  const auto upload = c.create();
  const auto former = c.part(upload, 1, "the former part");
  c.send(part_with_md5(upload, "CYketZBSTjX8czcs3cXVlg==")).error(400, "BadDigest");
  c.send(client::list_parts(upload)).status(200).elements("Part", 1).element("Part/ETag", former.etag);
}

void malformed_md5(CheckContext& c) {
  const auto upload = c.create();
  for (const std::string md5 :
       {"__invalid__", "000", "not base64 encoded checksum", "MTIz", "dGVzdC1zdHJpbmc="}) {
    c.send(part_with_md5(upload, md5))
        .error(400, "InvalidDigest")
        .message("The Content-MD5 you specified was invalid.")
        .field("Content-MD5", md5);
  }
}

void wrong_sha256(CheckContext& c) {
  const auto upload = c.create();
  auto request = upload_part(upload, "1", "something");
  const auto stated = to_hex(sha256(as_bytes("something else")));
  request.header("x-amz-content-sha256", stated);
  c.send(request)
      .error(400, "XAmzContentSHA256Mismatch")
      .message("The provided 'x-amz-content-sha256' header does not match what was computed.")
      .field("ClientComputedContentSHA256", stated)
      .field("S3ComputedContentSHA256", to_hex(sha256(as_bytes("something"))));
}

}  // namespace

void add_part_digest(std::vector<Check>& checks) {
  const std::string source(recording);
  checks.push_back({.id = "multipart.part.md5-good",
                    .title = "A part whose Content-MD5 matches is taken",
                    .level = Level::must,
                    .source = source + " (success-upload-part-md5)",
                    .cost = {2, 9},
                    .body = good_md5});
  checks.push_back({.id = "multipart.part.md5-wrong",
                    .title = "A part whose Content-MD5 doesn't match is BadDigest",
                    .level = Level::must,
                    .source = source + " (upload-part-md5-bad-digest)",
                    .cost = {2, 9},
                    .body = wrong_md5});
  checks.push_back({.id = "multipart.part.md5-wrong-fields",
                    .title = "BadDigest of a part tells both digests, in base64",
                    .level = Level::should,
                    .source = source + " (upload-part-md5-bad-digest)",
                    .cost = {2, 9},
                    .body = wrong_md5_fields});
  checks.push_back({.id = "multipart.part.md5-wrong-leaves-nothing",
                    .title = "A part refused as BadDigest is not in the upload",
                    .level = Level::must,
                    .source = source + "; S3 API: ListParts",
                    .cost = {3, 9},
                    .body = wrong_md5_leaves_nothing});
  checks.push_back({.id = "multipart.part.md5-wrong-keeps-the-former",
                    .title = "A refused part leaves the part that it would have replaced",
                    .level = Level::must,
                    .source = source + "; S3 API: UploadPart",
                    .cost = {4, 24},
                    .body = wrong_md5_keeps_the_former});
  checks.push_back({.id = "multipart.part.md5-malformed",
                    .title = "A Content-MD5 that is none is InvalidDigest, which repeats it",
                    .level = Level::must,
                    .source = source + " (upload-part-md5-error-0 to -4)",
                    .cost = {6, 45},
                    .body = malformed_md5});
  checks.push_back(
      {.id = "multipart.part.sha256-wrong",
       .title = "A part that isn't what x-amz-content-sha256 signed is XAmzContentSHA256Mismatch",
       .level = Level::must,
       .source = "S3 API: Error responses (XAmzContentSHA256Mismatch)",
       .cost = {2, 9},
       .body = wrong_sha256});
}

}  // namespace partsmith::conformance::checks
