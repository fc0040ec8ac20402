/// ListParts.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

client::S3Request list(const client::UploadAddress& upload) {
  return client::list_parts(upload);
}

void no_parts(CheckContext& c) {
  const auto upload = c.create();
  c.send(list(upload))
      .status(200)
      .document("ListPartsResult")
      .element("Bucket", c.bucket())
      .element("Key", upload.key)
      .element("UploadId", upload.upload_id)
      .element("PartNumberMarker", "0")
      .element("NextPartNumberMarker", "0")
      .element("MaxParts", "1000")
      .element("IsTruncated", "false")
      .element("StorageClass", "STANDARD")
      .has_element("Initiator/ID")
      .has_element("Owner/ID")
      .elements("Part", 0);
}

void one_part(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, repeated("upload-part-1", 5));
  c.send(list(upload))
      .status(200)
      .element("NextPartNumberMarker", "1")
      .element("IsTruncated", "false")
      .elements("Part", 1)
      .element("Part/PartNumber", "1")
      .element("Part/ETag", "\"3237c18681adb6a9d843c733ce249480\"")
      .element("Part/Size", "65")
      .has_element("Part/LastModified");
}

void order(CheckContext& c) {
  const auto upload = c.create();
  for (const unsigned number : {10U, 2U, 1U}) c.part(upload, number, "data");
  c.send(list(upload))
      .status(200)
      .elements("Part", 3)
      .element("Part[1]/PartNumber", "1")
      .element("Part[2]/PartNumber", "2")
      .element("Part[3]/PartNumber", "10");
}

void pages(CheckContext& c) {
  const auto upload = c.create();
  for (const unsigned number : {1U, 5U, 9U}) c.part(upload, number, "data");
  auto first = list(upload);
  first.parameter("max-parts", "2");
  auto answer = c.send(first);
  answer.status(200)
      .element("MaxParts", "2")
      .element("IsTruncated", "true")
      .element("NextPartNumberMarker", "5")
      .elements("Part", 2)
      .required();
  auto second = list(upload);
  second.parameter("max-parts", "2").parameter("part-number-marker", answer.text("NextPartNumberMarker"));
  c.send(second)
      .status(200)
      .element("PartNumberMarker", "5")
      .element("IsTruncated", "false")
      .element("NextPartNumberMarker", "9")
      .elements("Part", 1)
      .element("Part/PartNumber", "9");
}

void exact_page(CheckContext& c) {
  const auto upload = c.create();
  for (const unsigned number : {1U, 2U}) c.part(upload, number, "data");
  auto request = list(upload);
  request.parameter("max-parts", "2");
  c.send(request).status(200).elements("Part", 2).element("IsTruncated", "false");
}

void marker_behind_all(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "data");
  auto request = list(upload);
  request.parameter("part-number-marker", "7");
  c.send(request)
      .status(200)
      .element("PartNumberMarker", "7")
      .element("IsTruncated", "false")
      .elements("Part", 0);
}

void empty_marker(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "data");
  auto request = list(upload);
  request.parameter("part-number-marker", "");
  c.send(request).status(200).element("PartNumberMarker", "0").elements("Part", 1);
}

void empty_max_parts(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "data");
  auto request = list(upload);
  request.parameter("max-parts", "");
  c.send(request).status(200).element("MaxParts", "1000").elements("Part", 1);
}

void bad_max_parts(CheckContext& c) {
  const auto upload = c.create();
  auto request = list(upload);
  request.parameter("max-parts", "many");
  c.send(request)
      .error(400, "InvalidArgument")
      .field("ArgumentName", "max-parts")
      .field("ArgumentValue", "many");
}

}  // namespace

void add_list_parts(std::vector<Check>& checks) {
  const std::string recording = "recording: multipart-and-list-parts";
  const std::string empty_values = "recording: list-parts-empty-query-values";
  checks.push_back({.id = "multipart.list-parts.no-parts",
                    .title = "An upload without parts lists none, its markers 0",
                    .level = Level::must,
                    .source = recording + " (list-part-after-created)",
                    .cost = {2},
                    .body = no_parts});
  checks.push_back({.id = "multipart.list-parts.one-part",
                    .title = "A part is listed with number, ETag, size and time",
                    .level = Level::must,
                    .source = recording + " (list-part-after-upload)",
                    .cost = {3, 65},
                    .body = one_part});
  checks.push_back({.id = "multipart.list-parts.order",
                    .title = "Parts are listed by number, whatever the order of arrival",
                    .level = Level::must,
                    .source = "S3 API: ListParts",
                    .cost = {5, 12},
                    .body = order});
  checks.push_back({.id = "multipart.list-parts.pages",
                    .title = "A page ends at max-parts, and the next begins behind its marker",
                    .level = Level::must,
                    .source = "S3 API: ListParts (max-parts, part-number-marker)",
                    .cost = {6, 12},
                    .body = pages});
  checks.push_back({.id = "multipart.list-parts.exact-page",
                    .title = "A page that holds all parts is not truncated",
                    .level = Level::must,
                    .source = "S3 API: ListParts (IsTruncated)",
                    .cost = {4, 8},
                    .body = exact_page});
  checks.push_back({.id = "multipart.list-parts.marker-behind-all",
                    .title = "A marker behind the last part gives an empty page",
                    .level = Level::should,
                    .source = "S3 API: ListParts (part-number-marker)",
                    .cost = {3, 4},
                    .body = marker_behind_all});
  checks.push_back({.id = "multipart.list-parts.empty-marker",
                    .title = "part-number-marker without a value counts as absent",
                    .level = Level::should,
                    .source = empty_values + " (list-parts-empty-marker)",
                    .cost = {3, 4},
                    .body = empty_marker});
  checks.push_back({.id = "multipart.list-parts.empty-max-parts",
                    .title = "max-parts without a value counts as absent",
                    .level = Level::should,
                    .source = empty_values + " (list-parts-empty-max-parts)",
                    .cost = {3, 4},
                    .body = empty_max_parts});
  checks.push_back({.id = "multipart.list-parts.bad-max-parts",
                    .title = "max-parts that is no number is InvalidArgument",
                    .level = Level::should,
                    .source = "S3 API: ListParts (max-parts), Error responses (InvalidArgument)",
                    .cost = {2},
                    .body = bad_max_parts});
}

}  // namespace partsmith::conformance::checks
