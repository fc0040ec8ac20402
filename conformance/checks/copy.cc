/// UploadPartCopy.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

using client::upload_part_copy;

constexpr std::string_view content = "this is a part";  // 14 bytes
constexpr std::string_view content_etag = "\"11df95d595559285eb2b042124e74f09\"";

client::S3Request copy(CheckContext& c, const client::UploadAddress& upload,
                       const std::optional<std::string>& range = std::nullopt) {
  return upload_part_copy(upload, "1", c.bucket(), c.key("source"), range);
}

void put_source(CheckContext& c) {
  c.put("source", std::string(content));
}

void whole(CheckContext& c) {
  put_source(c);
  const auto upload = c.create();
  c.send(copy(c, upload))
      .status(200)
      .document("CopyPartResult")
      .element("ETag", content_etag)
      .has_element("LastModified")
      .required();
  c.complete(upload, {{"1", std::string(content_etag), {}}})
      .has_element("ETag");
  c.send(c.get()).status(200).body(content);
}

void range(CheckContext& c) {
  put_source(c);
  const auto upload = c.create();
  c.send(copy(c, upload, "bytes=5-8")).status(200).element("ETag", "\"05f63da9e915f6c672696c8ccaabdfcf\"");
  c.send(client::list_parts(upload)).status(200).element("Part/Size", "4");
}

void range_beyond_the_end(CheckContext& c) {
  put_source(c);
  const auto upload = c.create();
  c.send(copy(c, upload, "bytes=0-14"))
      .error(400, "InvalidArgument")
      .message("Range specified is not valid for source object of size: 14");
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

void malformed_range(CheckContext& c) {
  put_source(c);
  const auto upload = c.create();
  for (const std::string bad : {"bytes=5-", "bytes=-5", "0-4", "bytes=8-5"}) {
    c.send(copy(c, upload, bad))
        .error(400, "InvalidArgument")
        .message(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are "
            "the "
            "zero-based offsets of the first and last bytes to copy");
  }
}

void missing_source(CheckContext& c) {
  const auto upload = c.create();
  c.send(copy(c, upload)).error(404, "NoSuchKey").field("Key", c.key("source"));
}

void unknown_upload(CheckContext& c) {
  put_source(c);
  c.send(copy(c, {c.bucket(), c.key(), "fakeid"})).error(404, "NoSuchUpload").field("UploadId", "fakeid");
}

void condition_fails(CheckContext& c) {
  put_source(c);
  const auto upload = c.create();
  auto request = copy(c, upload);
  request.header("x-amz-copy-source-if-match", "\"d41d8cd98f00b204e9800998ecf8427e\"");
  c.send(request).error(412, "PreconditionFailed");
}

struct Typed {
  std::string type;
  std::string dashed;
  std::string whole;  ///< CRC32C of the object
};

void add_typed(std::vector<Check>& checks, const Typed& typed) {
  checks.push_back({
      .id = "multipart.copy.checksum-" + typed.dashed,
      .title = "A copied part gets the upload's algorithm, whatever the source has (" + typed.type + ")",
      .level = Level::must,
      .source = "recording: upload-part-copy-checksum-" + typed.dashed,
      .cost = {4, content.size()},
      .body =
          [typed](CheckContext& c) {
            c.put("source", std::string(content),
                  {{"x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, content)}});
            const auto upload = c.create(
                "object", {{"x-amz-checksum-algorithm", "CRC32C"}, {"x-amz-checksum-type", typed.type}});
            c.send(copy(c, upload))
                .status(200)
                .element("ChecksumCRC32C", "iqJrOQ==")
                .element("ETag", content_etag)
                .required();
            c.complete(upload, {{"1", std::string(content_etag), {{"ChecksumCRC32C", "iqJrOQ=="}}}})
                .element("ChecksumCRC32C", typed.whole)
                .element("ChecksumType", typed.type)
                .has_element("ETag");
          },
  });
}

}  // namespace

void add_copy(std::vector<Check>& checks) {
  const std::string api = "S3 API: UploadPartCopy";
  checks.push_back({.id = "multipart.copy.whole",
                    .title = "A whole object copied as a part has its MD5 as ETag",
                    .level = Level::must,
                    .source = "recording: upload-part-copy-checksum-composite",
                    .cost = {5, 2 * content.size()},
                    .body = whole});
  checks.push_back({.id = "multipart.copy.range",
                    .title = "A range of an object copied as a part",
                    .level = Level::must,
                    .source = api + " (x-amz-copy-source-range)",
                    .cost = {4, content.size()},
                    .body = range});
  checks.push_back({.id = "multipart.copy.range-beyond-the-end",
                    .title = "A range that ends behind the source is refused, not cut",
                    .level = Level::should,
                    .source = "inferred: " + api + " (x-amz-copy-source-range)",
                    .cost = {4, content.size()},
                    .body = range_beyond_the_end});
  checks.push_back({.id = "multipart.copy.range-malformed",
                    .title = "A range that isn't bytes=first-last is InvalidArgument",
                    .level = Level::should,
                    .source = "inferred: " + api + " (x-amz-copy-source-range)",
                    .cost = {6, content.size()},
                    .body = malformed_range});
  checks.push_back({.id = "multipart.copy.missing-source",
                    .title = "Copying a part from a missing object is NoSuchKey",
                    .level = Level::must,
                    .source = "recording: copy-object-missing-source (of CopyObject); " + api,
                    .cost = {2},
                    .body = missing_source});
  checks.push_back({.id = "multipart.copy.unknown-upload",
                    .title = "Copying a part into an unknown upload is NoSuchUpload",
                    .level = Level::must,
                    .source = api + " (NoSuchUpload)",
                    .cost = {2, content.size()},
                    .body = unknown_upload});
  checks.push_back({.id = "multipart.copy.condition-fails",
                    .title = "x-amz-copy-source-if-match with another ETag is PreconditionFailed",
                    .level = Level::must,
                    .source = api + " (x-amz-copy-source-if-match)",
                    .cost = {3, content.size()},
                    .body = condition_fails});
  add_typed(checks, {"COMPOSITE", "composite", "F9bAnw==-1"});
  add_typed(checks, {"FULL_OBJECT", "full-object", "iqJrOQ=="});
}

}  // namespace partsmith::conformance::checks
