/// CompleteMultipartUpload: lists of parts that don't fit the upload.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

using client::complete_multipart_upload;
using client::ListedPart;

constexpr std::string_view data_md5 = "8d777f385d3dfec8815d20f7496026dc";

void entity_too_small(CheckContext& c) {
  const auto upload = c.create();
  const std::vector parts{c.part(upload, 1, "data"), c.part(upload, 2, "data")};
  c.send(complete_multipart_upload(upload, parts))
      .error(400, "EntityTooSmall")
      .message("Your proposed upload is smaller than the minimum allowed size");
}

void entity_too_small_fields(CheckContext& c) {
  const auto upload = c.create();
  const std::vector parts{c.part(upload, 1, "data"), c.part(upload, 2, "data")};
  c.send(complete_multipart_upload(upload, parts))
      .field("ProposedSize", "4")
      .field("MinSizeAllowed", "5242880")
      .field("PartNumber", "1")
      .field("ETag", data_md5);
}

void least_size(CheckContext& c) {
  const auto upload = c.create();
  const std::vector parts{c.part(upload, 1, repeated("a", limits::min_part_size)), c.part(upload, 2, "b")};
  c.complete(upload, parts);
  c.send(c.head()).status(200).header("Content-Length", std::to_string(limits::min_part_size + 1));
}

void one_byte_less(CheckContext& c) {
  const auto upload = c.create();
  const std::vector parts{c.part(upload, 1, repeated("a", limits::min_part_size - 1)),
                          c.part(upload, 2, "b")};
  c.send(complete_multipart_upload(upload, parts))
      .error(400, "EntityTooSmall")
      .field("ProposedSize", "5242879");
}

void refused_upload_lives(CheckContext& c) {
  const auto upload = c.create();
  const std::vector parts{c.part(upload, 1, "data"), c.part(upload, 2, "data")};
  c.send(complete_multipart_upload(upload, parts)).error(400, "EntityTooSmall");
  c.send(client::list_parts(upload)).status(200).elements("Part", 2);
  c.send(c.get()).error(404, "NoSuchKey");
  c.complete(upload, {parts[1]});
  c.send(c.get()).status(200).body("data");
}

Answer complete_with(CheckContext& c, const client::UploadAddress& upload, const ListedPart& part) {
  return c.send(complete_multipart_upload(upload, std::vector{part}));
}

void part_not_uploaded(CheckContext& c) {
  const auto upload = c.create();
  auto part = c.part(upload, 1, "data");
  part.number = "2";
  complete_with(c, upload, part).error(400, "InvalidPart").message(invalid_part_message);
}

void part_not_uploaded_fields(CheckContext& c) {
  const auto upload = c.create();
  auto part = c.part(upload, 1, "data");
  part.number = "2";
  complete_with(c, upload, part)
      .field("UploadId", upload.upload_id)
      .field("PartNumber", "2")
      .field("ETag", data_md5);
}

void wrong_etag(CheckContext& c) {
  const auto upload = c.create();
  auto part = c.part(upload, 1, "data");
  part.etag = "d41d8cd98f00b204e9800998ecf8427e";
  complete_with(c, upload, part).error(400, "InvalidPart").message(invalid_part_message);
}

void wrong_etag_fields(CheckContext& c) {
  const auto upload = c.create();
  auto part = c.part(upload, 1, "data");
  part.etag = "d41d8cd98f00b204e9800998ecf8427e";
  complete_with(c, upload, part)
      .field("UploadId", upload.upload_id)
      .field("PartNumber", "1")
      .field("ETag", "d41d8cd98f00b204e9800998ecf8427e");
}

/// Parts that are large enough wherever they stand: no source tells whether order or size is looked at first.
void descending(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 1, repeated("a", limits::min_part_size));
  const auto second = c.part(upload, 2, repeated("b", limits::min_part_size));
  c.send(complete_multipart_upload(upload, std::vector{second, first}))
      .error(400, "InvalidPartOrder")
      .message("The list of parts was not in ascending order. Parts must be ordered by part number.");
}

void listed_twice(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, repeated("a", limits::min_part_size));
  c.send(complete_multipart_upload(upload, std::vector{part, part})).error(400, "InvalidPartOrder");
}

}  // namespace

void add_complete_refused(std::vector<Check>& checks) {
  const std::string too_small = "recording: multipart-complete-too-small (complete-exc-too-small)";
  const std::string wrong_part = "recording: multipart-complete-wrong-part";
  checks.push_back({.id = "multipart.complete.entity-too-small",
                    .title = "A part below 5 MiB that isn't the last is EntityTooSmall",
                    .level = Level::must,
                    .source = too_small,
                    .cost = {4, 8},
                    .body = entity_too_small});
  checks.push_back({.id = "multipart.complete.entity-too-small-fields",
                    .title = "EntityTooSmall tells the part, its size and the least size",
                    .level = Level::should,
                    .source = too_small,
                    .cost = {4, 8},
                    .body = entity_too_small_fields});
  checks.push_back({.id = "multipart.complete.least-size",
                    .title = "A part of exactly 5 MiB is large enough",
                    .level = Level::must,
                    .source = "user guide: Amazon S3 multipart upload limits; " + too_small,
                    .cost = {5, limits::min_part_size + 1},
                    .body = least_size});
  checks.push_back({.id = "multipart.complete.one-byte-less",
                    .title = "A part one byte below 5 MiB is EntityTooSmall",
                    .level = Level::must,
                    .source = "user guide: Amazon S3 multipart upload limits; " + too_small,
                    .cost = {4, limits::min_part_size},
                    .body = one_byte_less});
  checks.push_back(
      {.id = "multipart.complete.refused-upload-lives",
       .title = "An upload that could not be completed goes on, and makes no object meanwhile",
       .level = Level::must,
       .source = "recording: multipart-complete-too-small (complete-exc-no-parts, then -too-small)",
       .cost = {8, 12},
       .body = refused_upload_lives});
  checks.push_back({.id = "multipart.complete.part-not-uploaded",
                    .title = "Listing a part that wasn't uploaded is InvalidPart",
                    .level = Level::must,
                    .source = wrong_part + " (complete-exc-wrong-part-number)",
                    .cost = {3, 4},
                    .body = part_not_uploaded});
  checks.push_back({.id = "multipart.complete.part-not-uploaded-fields",
                    .title = "InvalidPart names upload, part and ETag as asked, without quotes",
                    .level = Level::should,
                    .source = wrong_part + " (complete-exc-wrong-part-number)",
                    .cost = {3, 4},
                    .body = part_not_uploaded_fields});
  checks.push_back({.id = "multipart.complete.wrong-etag",
                    .title = "Listing a part with another ETag is InvalidPart",
                    .level = Level::must,
                    .source = wrong_part + " (complete-exc-wrong-etag)",
                    .cost = {3, 4},
                    .body = wrong_etag});
  checks.push_back({.id = "multipart.complete.wrong-etag-fields",
                    .title = "InvalidPart about an ETag repeats the one that was listed",
                    .level = Level::should,
                    .source = wrong_part + " (complete-exc-wrong-etag)",
                    .cost = {3, 4},
                    .body = wrong_etag_fields});
  checks.push_back({.id = "multipart.complete.descending",
                    .title = "A list that doesn't ascend is InvalidPartOrder",
                    .level = Level::must,
                    .source = "S3 API: CompleteMultipartUpload (InvalidPartOrder)",
                    .cost = {4, 2 * limits::min_part_size},
                    .body = descending});
  checks.push_back({.id = "multipart.complete.listed-twice",
                    .title = "A part listed twice is InvalidPartOrder",
                    .level = Level::should,
                    .source = "S3 API: CompleteMultipartUpload (InvalidPartOrder)",
                    .cost = {3, limits::min_part_size},
                    .body = listed_twice});
}

}  // namespace partsmith::conformance::checks
