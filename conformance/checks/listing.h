#pragma once
/// What the checks of both listings of objects share.

#include "checks/making.h"

namespace partsmith::conformance::checks {

inline void put_all(CheckContext& c, std::initializer_list<std::string_view> names) {
  for (const auto name : names) c.put(name, "test");
}

inline client::S3Request listing_of_nothing(const CheckContext& c) {
  return of_bucket("GET", c.missing_bucket());
}
inline void expect_missing_bucket(CheckContext& c, const client::S3Request& request) {
  c.send(request)
      .error(404, "NoSuchBucket")
      .message("The specified bucket does not exist")
      .field("BucketName", c.missing_bucket());
}

/// The kind of checksum that came with a put. Whether the server keeps any, other checks tell.
inline void expect_checksum(const Answer& put, Answer& listed, const std::string& entry = "Contents",
                            ChecksumAlgorithm algorithm = ChecksumAlgorithm::crc32) {
  const auto& row = traits(algorithm);
  if (!put.answer().headers.has(row.header)) return;
  listed.element(entry + "/ChecksumAlgorithm", row.name).element(entry + "/ChecksumType", "FULL_OBJECT");
}

/// Each entry with its own facts, in either listing.
inline void expect_each_its_own(CheckContext& c, const client::S3Request& request) {
  const auto one =
      c.put("1", "one", {{"x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, "one")}});
  const auto two =
      c.put("2", "three", {{"x-amz-checksum-sha1", base64_checksum(ChecksumAlgorithm::sha1, "three")}});
  auto answer = c.send(request);
  expect_checksum(one, answer, "Contents[1]");
  expect_checksum(two, answer, "Contents[2]", ChecksumAlgorithm::sha1);
  answer.status(200)
      .header("Content-Type", "application/xml")
      .elements("Contents", 2)
      .element("Contents[1]/Key", c.key("1"))
      .element("Contents[1]/ETag", '"' + to_hex(md5(as_bytes("one"))) + '"')
      .element("Contents[1]/Size", "3")
      .element("Contents[1]/StorageClass", "STANDARD")
      .element("Contents[2]/Key", c.key("2"))
      .element("Contents[2]/ETag", '"' + to_hex(md5(as_bytes("three"))) + '"')
      .element("Contents[2]/Size", "5")
      .element("Contents[2]/StorageClass", "STANDARD");
  for (const auto* path : {"Contents[1]/LastModified", "Contents[2]/LastModified"}) expect_time(answer, path);
}

/// The class of each entry, in either listing.
inline void expect_classes(CheckContext& c, const client::S3Request& request) {
  c.put("1", "one");
  c.put("2", "two", {{"x-amz-storage-class", "STANDARD_IA"}});
  c.send(request)
      .status(200)
      .element("Contents[1]/StorageClass", "STANDARD")
      .element("Contents[2]/StorageClass", "STANDARD_IA");
}

}  // namespace partsmith::conformance::checks
