/// CompleteMultipartUpload: what becomes of the parts.

#include "checks/completed.h"
#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

using client::complete_multipart_upload;
using client::ListedPart;

constexpr std::uint64_t two_parts = large_part + 10;

void one_part(CheckContext& c) {
  const auto upload = c.create("test-list-parts");
  const auto part = c.part(upload, 1, repeated("upload-part-1", 5));
  c.complete(upload, {part})
      .element("Bucket", c.bucket())
      .element("Key", upload.key)
      .element("ETag", "\"e747540af6911dbc890f8d3e0b48549b-1\"")
      .has_element("Location");
  c.send(c.get("test-list-parts"))
      .status(200)
      .header("ETag", "\"e747540af6911dbc890f8d3e0b48549b-1\"")
      .body(repeated("upload-part-1", 5));
}

void computed_checksum(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, repeated("upload-part-1", 5));
  c.complete(upload, {part})
      .element("ChecksumCRC64NVME", "CTXktO4pIQs=")
      .element("ChecksumType", "FULL_OBJECT");
  auto head = c.head();
  head.header("x-amz-checksum-mode", "ENABLED");
  c.send(head)
      .status(200)
      .header("x-amz-checksum-crc64nvme", "CTXktO4pIQs=")
      .header("x-amz-checksum-type", "FULL_OBJECT");
}

void etag_of_many(CheckContext& c) {
  const auto upload = c.create();
  const auto large = repeated("a", large_part);
  const auto first = c.part(upload, 1, large);
  const auto second = c.part(upload, 2, large);
  const auto third = c.part(upload, 3, repeated("a", 10));
  c.complete(upload, {first, second, third}).element("ETag", "\"4d45984fc3feb2ac9b22683c49674b56-3\"");
  c.send(c.head())
      .status(200)
      .header("ETag", "\"4d45984fc3feb2ac9b22683c49674b56-3\"")
      .header("Content-Length", "10485772");
}

/// Gets the bytes around the seam of two parts.
void expect_seam(CheckContext& c, std::size_t first_size, std::string_view around) {
  auto get = c.get();
  get.header("Range", "bytes=" + std::to_string(first_size - 3) + "-" + std::to_string(first_size + 2));
  c.send(get).status(206).body(around);
}

void order_of_numbers(CheckContext& c) {
  const auto upload = c.create();
  const auto second = c.part(upload, 2, "bbbbbbbbbb");
  const auto first = c.part(upload, 1, repeated("a", large_part));
  c.complete(upload, {first, second});
  expect_seam(c, large_part, "aaabbb");
}

void gaps(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 3, repeated("a", large_part));
  const auto second = c.part(upload, 700, "bbbbbbbbbb");
  auto completed = c.complete(upload, {first, second});
  completed.expect(completed.text("ETag").ends_with("-2\""), "an ETag that ends with -2",
                   completed.text("ETag"), {"element fits", "ETag", "*-2\""});
  expect_seam(c, large_part, "aaabbb");
}

void subset(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "not listed");
  const auto listed = c.part(upload, 2, "listed");
  c.part(upload, 3, "not listed either");
  c.complete(upload, {listed});
  c.send(c.get()).status(200).body("listed");
  c.send(client::list_parts(upload)).error(404, "NoSuchUpload");
}

void replaces_object(CheckContext& c) {
  c.put("test.file", "what was there before, and is longer");
  const auto upload = c.create("test.file");
  const auto part = c.part(upload, 1, "test content 123");
  c.send(c.get("test.file")).status(200).body("what was there before, and is longer");
  c.complete(upload, {part});
  c.send(c.get("test.file")).status(200).body("test content 123");
}

void twice(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  const auto etag = etag_told(c, c.complete(upload, {part}));
  c.send(complete_multipart_upload(upload, std::vector{part}))
      .status(200)
      .document("CompleteMultipartUploadResult")
      .element("ETag", etag);
}

void unquoted_etag(CheckContext& c) {
  const auto upload = c.create();
  auto part = c.part(upload, 1, "data");
  std::erase(part.etag, '"');
  c.complete(upload, {part}).element("Key", upload.key);
}

void object_size(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  auto wrong = complete_multipart_upload(upload, std::vector{part});
  wrong.header("x-amz-mp-object-size", "5");
  c.send(wrong).error(400, "InvalidRequest");
  auto right = complete_multipart_upload(upload, std::vector{part});
  right.header("x-amz-mp-object-size", "4");
  c.send(right).status(200).document("CompleteMultipartUploadResult");
}

void plain_copy(CheckContext& c) {
  const auto upload = c.create("test.file");
  const auto part = c.part(upload, 1, "test content 123");
  c.complete(upload, {part});
  auto copy = c.request("PUT", "copy.file");
  copy.header("x-amz-copy-source", c.bucket() + '/' + c.key("test.file"));
  c.send(copy)
      .status(200)
      .document("CopyObjectResult")
      .element("ETag", "\"eee506dd7ada7ded524c77e359a0e7c6\"")
      .element("ChecksumCRC64NVME", "BsLNlKumA5I=")
      .element("ChecksumType", "FULL_OBJECT");
}

/// Whatever their sizes, as long as all but the last have 5 MiB.
void unequal_parts(CheckContext& c, std::initializer_list<std::size_t> sizes) {
  const auto upload = c.create();
  std::vector<client::ListedPart> parts;
  std::size_t sum = 0;
  for (const auto size : sizes) {
    parts.push_back(c.part(upload, static_cast<unsigned>(parts.size() + 1), repeated("x", size)));
    sum += size;
  }
  c.send(complete_multipart_upload(upload, parts)).status(200).document("CompleteMultipartUploadResult");
  c.send(c.head()).status(200).header("Content-Length", std::to_string(sum));
}

}  // namespace

void add_complete(std::vector<Check>& checks) {
  checks.push_back(
      {.id = "multipart.complete.one-part",
       .title = "An upload of one part becomes an object whose ETag ends with -1",
       .level = Level::must,
       .source = "recording: multipart-and-list-parts (complete-multipart, get-multipart-checksum)",
       .cost = {4, 130},
       .body = one_part});
  checks.push_back(
      {.id = "multipart.complete.computed-checksum",
       .title = "Without a declared algorithm the object gets a full-object CRC64NVME",
       .level = Level::must,
       .source = "recording: multipart-and-list-parts (complete-multipart, head-multipart-checksum)",
       .cost = {4, 65},
       .body = computed_checksum});
  checks.push_back({.id = "multipart.complete.etag-of-many",
                    .title = "The ETag is the MD5 of the parts' MD5s, with their number behind a dash",
                    .level = Level::must,
                    .source = "recording: multipart-checksum-composite-crc32 (complete-multipart-checksum)",
                    .cost = {6, 2 * large_part + 10},
                    .body = etag_of_many});
  checks.push_back({.id = "multipart.complete.order-of-numbers",
                    .title = "Parts are put together by number, not by arrival",
                    .level = Level::must,
                    .source = "user guide: Uploading and copying objects using multipart upload",
                    .cost = {5, two_parts + 6},
                    .body = order_of_numbers});
  checks.push_back(
      {.id = "multipart.complete.gaps",
       .title = "Part numbers need not be consecutive nor begin with 1",
       .level = Level::must,
       .source = "user guide: Uploading and copying objects using multipart upload, Parts upload",
       .cost = {5, two_parts + 6},
       .body = gaps});
  checks.push_back({.id = "multipart.complete.subset",
                    .title = "Parts that aren't listed are left out, and are gone with the upload",
                    .level = Level::should,
                    .source = "inferred: S3 API: CompleteMultipartUpload",
                    .cost = {7, 40},
                    .body = subset});
  checks.push_back({.id = "multipart.complete.replaces-object",
                    .title = "Completing replaces the object of that key, and not before",
                    .level = Level::must,
                    .source = "recording: multipart-overwrite-key",
                    .cost = {6, 140},
                    .body = replaces_object});
  checks.push_back({.id = "multipart.complete.twice",
                    .title = "Completing again what was completed succeeds again",
                    .level = Level::should,
                    .source =
                        "inferred: user guide: Uploading and copying objects using multipart upload; S3 "
                        "API: CompleteMultipartUpload",
                    .cost = {4, 4},
                    .body = twice});
  checks.push_back({.id = "multipart.complete.unquoted-etag",
                    .title = "Part ETags may be listed without their quotes",
                    .level = Level::should,
                    .source = "S3 API: CompletedPart (a plain string); recording: conditional-get-object "
                              "(etag-missing-quotes)",
                    .cost = {3, 4},
                    .body = unquoted_etag});
  checks.push_back({.id = "multipart.complete.object-size",
                    .title = "x-amz-mp-object-size must be the size of the object",
                    .level = Level::should,
                    .source = "S3 API: CompleteMultipartUpload (x-amz-mp-object-size)",
                    .cost = {4, 4},
                    .body = object_size});
  checks.push_back({.id = "multipart.complete.copy-is-plain",
                    .title = "A copy of a multipart object has the MD5 of its bytes as ETag",
                    .level = Level::must,
                    .source = "recording: multipart-copy-object-etag",
                    .cost = {4, 16},
                    .body = plain_copy});
  constexpr std::size_t least = limits::min_part_size;
  const std::string limits_of_parts = "user guide: Amazon S3 multipart upload limits (Part size)";
  checks.push_back(must("multipart.complete.unequal-parts", "Parts need not be of one size", limits_of_parts,
                        {6, 2 * least + 2},
                        [](CheckContext& c) { unequal_parts(c, {least + 1, least, 1}); }));
  checks.push_back(must("multipart.complete.larger-last-part",
                        "The last part may be larger than those before it", limits_of_parts,
                        {5, 2 * least + 1}, [](CheckContext& c) { unequal_parts(c, {least, least + 1}); }));
}

}  // namespace partsmith::conformance::checks
