/// ListObjects, the old listing.

#include "checks/encoded.h"
#include "checks/listing.h"

namespace partsmith::conformance::checks {
namespace {

void v1_entry(CheckContext& c) {
  const auto put = c.put("test-key-0", "test-0", {{"x-amz-checksum-crc32", "XCKz9A=="}});
  auto listed = c.send(listing_v1(c));
  expect_checksum(put, listed);
  listed.status(200)
      .document("ListBucketResult")
      .element("Name", c.bucket())
      .element("Prefix", c.prefix())
      .element("Marker", "")
      .element("MaxKeys", "1000")
      .element("IsTruncated", "false")
      .no_element("KeyCount")
      .no_element("NextMarker")
      .elements("Contents", 1)
      .element("Contents/Key", c.key("test-key-0"))
      .element("Contents/ETag", "\"86639701cdcc5b39438a5f009bd74cb1\"")
      .element("Contents/Size", "6")
      .element("Contents/StorageClass", "STANDARD")
      .has_element("Contents/LastModified")
      .has_element("Contents/Owner/ID")
      .no_element("Contents/Owner/DisplayName");
}

void v1_next_marker(CheckContext& c) {
  put_all(c, {"a/1", "b", "c"});
  auto first = listing_v1(c);
  first.parameter("delimiter", "/").parameter("max-keys", "2");
  c.send(first)
      .status(200)
      .element("MaxKeys", "2")
      .element("Delimiter", "/")
      .element("IsTruncated", "true")
      .element("NextMarker", c.key("b"))
      .element("CommonPrefixes/Prefix", c.key("a/"));
  auto second = listing_v1(c);
  second.parameter("delimiter", "/").parameter("marker", c.key("b"));
  c.send(second)
      .status(200)
      .element("Marker", c.key("b"))
      .element("IsTruncated", "false")
      .elements("CommonPrefixes", 0)
      .element("Contents/Key", c.key("c"));
}

void v1_no_next_marker(CheckContext& c) {
  put_all(c, {"a", "b"});
  auto request = listing_v1(c);
  request.parameter("max-keys", "1");
  c.send(request)
      .status(200)
      .element("IsTruncated", "true")
      .no_element("NextMarker")
      .element("Contents/Key", c.key("a"));
}

void v1_marker_need_not_exist(CheckContext& c) {
  put_all(c, {"a", "c"});
  auto request = listing_v1(c);
  request.parameter("marker", c.key("b"));
  c.send(request).status(200).elements("Contents", 1).element("Contents/Key", c.key("c"));
}

void v1_encoded(CheckContext& c) {
  put_all(c, {"a key+more"});
  auto request = listing_v1(c);
  request.parameter("encoding-type", "url");
  auto answer = c.send(request);
  answer.status(200).element("EncodingType", "url");
  expect_encoded(answer, "Contents/Key", "/a+key%2Bmore");
  answer.wording("Contents/Key", c.key("a+key%2Bmore"));
}

void thousand_and_ten(CheckContext& c) {
  for (int i = 0; i < 1010; ++i) c.put("test-key-" + std::to_string(i), "t");
  auto request = of_bucket("GET", c.bucket());
  request.parameter("delimiter", "/").parameter("prefix", c.key("test-key"));
  auto first = c.send(request);
  first.status(200)
      .elements("Contents", 1000)
      .element("MaxKeys", "1000")
      .element("IsTruncated", "true")
      .element("NextMarker", c.key("test-key-99"))
      .required();
  request.parameter("marker", first.text("NextMarker"));
  c.send(request)
      .status(200)
      .elements("Contents", 10)
      .element("IsTruncated", "false")
      .element("Contents/Key", c.key("test-key-990"));
}

}  // namespace

void add_object_list_v1(std::vector<Check>& checks) {
  const std::string api = "S3 API: ListObjects";
  add_all(
      checks,
      {
          must("object.list-v1.entry", "The old listing names the owner, and has a Marker and no KeyCount",
               "recording: list-and-delete-bucket (list-objects)", {2, 6}, v1_entry),
          must("object.list-v1.each-its-own", "So it is in the old listing", api, {3, 8},
               [](CheckContext& c) { expect_each_its_own(c, listing_v1(c)); }),
          must("object.list-v1.next-marker", "With a delimiter the old listing tells the next marker",
               "recording: list-objects-1010-keys", {5, 12}, v1_next_marker),
          of_level(Level::text, "object.list-v1.no-next-marker",
                   "Without a delimiter the old listing tells no next marker", api + " (NextMarker)", {3, 8},
                   v1_no_next_marker),
          should("object.list-v1.marker", "A marker need not be a key", "inferred: " + api + " (marker)",
                 {3, 8}, v1_marker_need_not_exist),
          should("object.list-v1.encoding-type", "The old listing encodes keys, too",
                 api + " (encoding-type)", {2, 4}, v1_encoded),
          must("object.list-v1.missing-bucket", "The old listing of a missing bucket is NoSuchBucket",
               "recording: list-missing-bucket", {1},
               [](CheckContext& c) { expect_missing_bucket(c, listing_of_nothing(c)); }),
          should("object.list-v1.1010-keys", "1,010 keys are two pages", "recording: list-objects-1010-keys",
                 {1012, 700'000}, thousand_and_ten),
      });
}

}  // namespace partsmith::conformance::checks
