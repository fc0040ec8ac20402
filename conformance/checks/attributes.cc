/// GetObjectAttributes of multipart objects.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

client::S3Request attributes(const CheckContext& c, std::string names) {
  auto request = c.get();
  request.parameter("attributes").header("x-amz-object-attributes", std::move(names));
  return request;
}

/// One part "aaaaaaaaaa" with its CRC32.
void make_object(CheckContext& c, std::string type) {
  const auto upload =
      c.create("object", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", std::move(type)}});
  c.complete(upload, {c.part(upload, 1, repeated("a", 10), {{"x-amz-checksum-crc32", "TBHN8A=="}})});
}

void composite(CheckContext& c) {
  make_object(c, "COMPOSITE");
  auto answer = c.send(attributes(c, "ETag,Checksum,ObjectParts"));
  const auto value = answer.text("Checksum/ChecksumCRC32");
  answer.status(200)
      .document("GetObjectAttributesResponse")
      .element("Checksum/ChecksumType", "COMPOSITE")
      .expect(!value.empty() && value.find('-') == std::string::npos, "Checksum/ChecksumCRC32 without -1",
              "'" + value + '\'', {"element lacks", "Checksum/ChecksumCRC32", "-"})
      .element("ObjectParts/PartsCount", "1")
      .element("ObjectParts/IsTruncated", "false")
      .element("ObjectParts/MaxParts", "1000")
      .element("ObjectParts/NextPartNumberMarker", "1")
      .element("ObjectParts/PartNumberMarker", "0")
      .element("ObjectParts/Part/PartNumber", "1")
      .element("ObjectParts/Part/Size", "10")
      .element("ObjectParts/Part/ChecksumCRC32", "TBHN8A==");
}

void full_object(CheckContext& c) {
  make_object(c, "FULL_OBJECT");
  c.send(attributes(c, "Checksum,ObjectParts"))
      .status(200)
      .element("Checksum/ChecksumCRC32", "TBHN8A==")
      .element("Checksum/ChecksumType", "FULL_OBJECT")
      .element("ObjectParts/PartsCount", "1")
      .no_element("ObjectParts/Part");
}

void unquoted_etag(CheckContext& c) {
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, repeated("upload-part-1", 5))});
  c.send(attributes(c, "ETag,ObjectSize,StorageClass"))
      .status(200)
      .element("ETag", "e747540af6911dbc890f8d3e0b48549b-1")
      .element("ObjectSize", "65")
      .element("StorageClass", "STANDARD")
      .no_element("Checksum")
      .no_element("ObjectParts");
}

}  // namespace

void add_attributes(std::vector<Check>& checks) {
  checks.push_back({.id = "multipart.attributes.composite",
                    .title = "A COMPOSITE object's attributes list its parts, and its checksum without -N",
                    .level = Level::should,
                    .source = "recording: multipart-checksum-composite-crc32 (get-object-attrs)",
                    .cost = {4, 10},
                    .body = composite});
  checks.push_back({.id = "multipart.attributes.full-object",
                    .title = "A FULL_OBJECT object's attributes tell only how many parts it had",
                    .level = Level::should,
                    .source = "recording: multipart-checksum-full-object-crc32 (get-object-attrs)",
                    .cost = {4, 10},
                    .body = full_object});
  checks.push_back({.id = "multipart.attributes.unquoted-etag",
                    .title = "The ETag among the attributes has no quotes; only what was asked for is told",
                    .level = Level::must,
                    .source = "recording: get-object-attributes (object-attrs-multiparts-1-part)",
                    .cost = {4, 65},
                    .body = unquoted_etag});
}

}  // namespace partsmith::conformance::checks
