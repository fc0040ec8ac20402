/// What is asked of one bucket, key, part or header is asked of the second, too.

#include "checks/acl.h"
#include "checks/again.h"
#include "checks/large_parts.h"
#include "checks/tags.h"
#include "checks/upload_listing.h"

namespace partsmith::conformance::checks {
namespace {

std::string second(const CheckContext& c) {
  return c.bucket() + "-b";
}

/// Uploads of one key in two buckets: each bucket lists its own.
void uploads_of_two_buckets(CheckContext& c) {
  c.send(creating_bucket(second(c), location_of_region(c))).status(200).required();
  const auto here = c.create();
  auto there = c.send(client::create_multipart_upload(second(c), c.key()));
  there.status(200).required();
  const client::UploadAddress other{second(c), c.key(), there.text("UploadId")};
  c.send(uploads(c)).status(200).elements("Upload", 1).element("Upload/UploadId", here.upload_id);
  auto list = client::list_multipart_uploads(second(c));
  c.send(list).status(200).elements("Upload", 1).element("Upload/UploadId", other.upload_id);
  c.send(client::abort_multipart_upload(other)).status(204);
  c.send(list).status(200).elements("Upload", 0);
  c.send(uploads(c)).status(200).elements("Upload", 1);
  c.send(of_bucket("DELETE", second(c))).status(204);
}

client::S3Request listing_buckets(const CheckContext& c) {
  auto request = of_bucket("GET", "");
  request.parameter("prefix", c.bucket()).parameter("max-buckets", "1");
  return request;
}

/// What ListBuckets is asked with holds on its next page.
void pages_of_buckets(CheckContext& c) {
  c.send(creating_bucket(second(c), location_of_region(c))).status(200).required();
  auto first = c.send_until(listing_buckets(c),
                            [](const Answer& answer) { return !answer.text("ContinuationToken").empty(); });
  first.status(200).no_element("Buckets/Bucket[2]").element("Buckets/Bucket/Name", c.bucket());
  const auto token = first.text("ContinuationToken");
  if (!token.empty()) {
    c.send(listing_buckets(c).parameter("continuation-token", token))
        .status(200)
        .element("Buckets/Bucket/Name", second(c))
        .no_element("Buckets/Bucket[2]")
        .element("Prefix", c.bucket())
        .no_element("ContinuationToken");
  }
  c.send(of_bucket("DELETE", second(c))).status(204);
}

void copy_to_another_key(CheckContext& c) {
  c.put("source", "data");
  auto upload = c.create();
  const auto right = upload;
  upload.key = c.key("other");
  c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("source"))).error(404, "NoSuchUpload");
  c.send(client::list_parts(right)).status(200).elements("Part", 0);
}

/// A copy is one whole, whatever its source is made of.
void copy_has_no_parts(CheckContext& c) {
  const auto upload = c.create("source");
  const auto first = c.part(upload, 1, repeated("a", large_part));
  c.complete(upload, {first, c.part(upload, 2, "tail")});
  c.send(copying(c, "object", source_of(c, "source"))).status(200);
  const auto size = std::to_string(large_part + 4);
  c.send(c.head().parameter("partNumber", "1"))
      .status(206)
      .header("Content-Length", size)
      .no_header("x-amz-mp-parts-count");
  c.send(c.head().parameter("partNumber", "2")).status(416);
  c.send(c.head("source").parameter("partNumber", "2")).status(206).header("x-amz-mp-parts-count", "2");
}

/// An ACL is beside the object: nothing else of it changes. A second has to pass.
void acl_changes_nothing_else(CheckContext& c) {
  allow_acls(c);
  const auto etag = c.put("object", "data",
                          {{"x-amz-tagging", "n=1"}, {"x-amz-meta-n", "1"}, {"Cache-Control", "no-store"}})
                        .header_value("ETag");
  const auto date = c.send(c.head()).header_value("Last-Modified");
  c.wait(std::chrono::milliseconds(1'100));
  auto request = c.request("PUT", "object");
  request.parameter("acl", "").header("x-amz-acl", "public-read");
  c.send_until(request, has_status(200)).status(200).required();
  c.send(c.head())
      .status(200)
      .header("ETag", etag)
      .header("Last-Modified", date)
      .header("x-amz-meta-n", "1")
      .header("Cache-Control", "no-store")
      .header("x-amz-tagging-count", "1");
  expect_tags(c, "object", {{"n", "1"}});
}

void attributes_in_two_headers(CheckContext& c) {
  c.put("object", "data");
  auto request = c.get();
  request.parameter("attributes");
  request.header("x-amz-object-attributes", "ObjectSize").header("x-amz-object-attributes", "StorageClass");
  c.send(request).status(200).element("ObjectSize", "4").element("StorageClass", "STANDARD");
}

/// A range of something else than bytes is none.
void range_of_another_unit(CheckContext& c) {
  c.put("object", "0123456789");
  for (const auto* range : {"items=0-1", "seconds=2-3", "byte=0-1"})
    c.send(c.get().header("Range", range)).status(200).header("Content-Length", "10").body("0123456789");
}

void metadata_of_other_letters(CheckContext& c) {
  auto put = putting(c, "object", "data");
  put.header("x-amz-meta-a", "caf\xC3\xA9");
  c.send(put).status(200).required();
  auto head = c.send(c.head());
  const auto told = head.header_value("x-amz-meta-a");
  head.status(200).expect(
      told == "caf\xC3\xA9" || told.starts_with("=?UTF-8?"), "the letters, or RFC 2047's word for them", told,
      {"header among", "x-amz-meta-a", "caf\xC3\xA9\n=?UTF-8?Q?caf=C3=A9?=\n=?UTF-8?B?Y2Fmw6k=?="});
}

void missing_bucket_of_versions(CheckContext& c) {
  auto request = of_bucket("GET", c.missing_bucket());
  request.parameter("versions", "");
  c.send(request).error(404, "NoSuchBucket").field("BucketName", c.missing_bucket());
}

}  // namespace

void add_two_of_each(std::vector<Check>& checks) {
  const std::vector<Need> own{Need::own_bucket};
  add_all(
      checks,
      {must("bucket.two-apart.uploads", "Uploads of one key in two buckets are each bucket's own",
            "S3 API: ListMultipartUploads", {9}, uploads_of_two_buckets, own),
       patient(must("bucket.list.pages-below-a-prefix", "A prefix holds on each page of ListBuckets",
                    "S3 API: ListBuckets (prefix, continuation-token)", {4}, pages_of_buckets, own)),
       must("multipart.other-key.copy", "A part copied under another key than the upload's is NoSuchUpload",
            "S3 API: UploadPartCopy (NoSuchUpload)", {4, 4}, copy_to_another_key),
       should("multipart.get-part.of-a-copy", "A copy has no parts, whatever its source had",
              "inferred: S3 API: CopyObject; GetObject (partNumber)", {8, large_part + 8}, copy_has_no_parts),
       patient(must("object.acl.changes-nothing-else", "An ACL changes neither date nor metadata nor tags",
                    "S3 API: PutObjectAcl", {7, 4}, acl_changes_nothing_else, {Need::own_bucket, Need::acl})),
       should("object.attributes.in-two-headers", "Attributes may be asked for in two headers",
              "inferred: S3 API: GetObjectAttributes (x-amz-object-attributes); RFC 9110, 5.3", {2, 4},
              attributes_in_two_headers),
       should("object.range.another-unit", "A range of another unit than bytes is ignored",
              "inferred: RFC 9110, 14.2", {4, 34}, range_of_another_unit),
       should("object.metadata.other-letters", "Letters beyond ASCII in metadata aren't lost",
              "user guide: Working with object metadata", {2, 4}, metadata_of_other_letters),
       must("bucket.of-a-missing-one.for-versions",
            "A bucket that isn't there is NoSuchBucket for ListObjectVersions",
            "S3 API: ListObjectVersions; Error responses (NoSuchBucket)", {1}, missing_bucket_of_versions)});
}

}  // namespace partsmith::conformance::checks
