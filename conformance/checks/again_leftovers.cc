/// What is deleted, replaced or made again leaves nothing behind, and takes nothing along that is another's.

#include "checks/acl.h"
#include "checks/again.h"
#include "checks/preflight.h"
#include "checks/stored.h"
#include "checks/tags.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view put_api = "S3 API: PutObject";

void emptied(CheckContext& c) {
  c.put("object", "data", stored);
  c.put("object", "");
  c.send(c.head()).status(200).header("Content-Length", "0");
  c.send(c.get()).status(200).body("");
  c.send(listing(c)).status(200).element("Contents/Size", "0");
}

void emptied_by_parts(CheckContext& c) {
  c.put("object", "data", stored);
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "")});
  c.send(c.head()).status(200).header("Content-Length", "0");
  c.send(c.get()).status(200).body("");
}

/// A second has to pass: dates tell no less.
void later_date(CheckContext& c) {
  c.put("object", "first");
  const auto first = c.send(c.head()).header_value("Last-Modified");
  c.wait(std::chrono::milliseconds(1'100));
  c.put("object", "second");
  auto head = c.send(c.head());
  const auto second = head.header_value("Last-Modified");
  head.status(200).expect(second != first, "another Last-Modified than " + first, second,
                          {"header isn't", "Last-Modified", first});
  c.send(c.get().header("If-Modified-Since", first)).status(200).body("second");
  c.send(c.get().header("If-Unmodified-Since", first)).error(412, "PreconditionFailed");
}

void gone_with_the_object(CheckContext& c) {
  auto tagged = putting(c, "object", "data");
  tagged.header("x-amz-tagging", "colour=blue").header("x-amz-meta-n", "1");
  auto put = c.send(tagged);
  skip_where_missing(c, put, "tags");
  put.status(200).required();
  c.send(deleting(c)).status(204);
  c.put("object", "data");
  expect_tags(c, "object", {});
  c.send(c.head()).status(200).no_header("x-amz-tagging-count").no_header("x-amz-meta-n");
}

/// STANDARD need not be told.
void expect_standard(CheckContext& c, std::string_view name) {
  auto head = c.send(c.head(name));
  const auto told = head.header_value("x-amz-storage-class");
  head.status(200).expect(told.empty() || told == "STANDARD", "the class STANDARD", told,
                          {"header or none", "x-amz-storage-class", "STANDARD"});
}

void class_of_the_former(CheckContext& c) {
  c.put("object", "data", {{"x-amz-storage-class", "STANDARD_IA"}});
  c.send(c.head()).status(200).header("x-amz-storage-class", "STANDARD_IA");
  c.put("object", "data");
  expect_standard(c, "object");
}

void class_of_a_copy(CheckContext& c) {
  c.put("source", "data", {{"x-amz-storage-class", "STANDARD_IA"}});
  c.send(c.head("source")).status(200).header("x-amz-storage-class", "STANDARD_IA");
  c.send(copying(c, "copy", source_of(c, "source"))).status(200);
  expect_standard(c, "copy");
}

client::S3Request acl_of(const CheckContext& c, std::string_view name, std::string method = "GET") {
  auto request = c.request(std::move(method), name);
  request.parameter("acl", "");
  return request;
}

void expect_private(Answer answer) {
  const bool is_public = answer.answer().body.contains("AllUsers");
  answer.status(200)
      .document("AccessControlPolicy")
      .expect(!is_public, "an ACL without AllUsers", "one with AllUsers",
              {.about = "body lacks", .value = "AllUsers"});
}

void acl_of_a_copy(CheckContext& c) {
  allow_acls(c);
  auto put = putting(c, "source", "data");
  put.header("x-amz-acl", "public-read");
  c.send_until(put, has_status(200)).status(200).required();
  c.send(copying(c, "copy", source_of(c, "source"))).status(200);
  expect_private(c.send(acl_of(c, "copy")));
}

void acl_of_the_former(CheckContext& c) {
  allow_acls(c);
  auto put = putting(c, "object", "data");
  put.header("x-amz-acl", "public-read");
  c.send_until(put, has_status(200)).status(200).required();
  c.put("object", "other");
  expect_private(c.send(acl_of(c, "object")));
}

void leaves_the_folder(CheckContext& c) {
  c.put("folder/", "");
  c.put("folder/a", "data");
  c.send(deleting(c, "folder/a")).status(204);
  c.send(c.head("folder/")).status(200);
  c.send(listing(c)).status(200).elements("Contents", 1).element("Contents/Key", c.key("folder/"));
}

/// Neither what was there nor what isn't complete makes a common prefix.
void no_folder_of_nothing(CheckContext& c, bool v2) {
  c.put("deleted/a", "data");
  c.put("deleted/b/c", "data");
  c.send(deleting(c, "deleted/a")).status(204);
  c.send(deleting(c, "deleted/b/c")).status(204);
  c.create("begun/a");
  c.put("object", "data");
  auto request = v2 ? listing(c) : listing_v1(c);
  request.parameter("delimiter", "/");
  c.send(request).status(200).elements("CommonPrefixes", 0).elements("Contents", 1);
}

void page_behind_a_deleted_key(CheckContext& c, bool v2) {
  for (const auto* name : {"1", "2", "3", "4"}) c.put(name, "x");
  auto request = v2 ? listing(c) : listing_v1(c);
  request.parameter("max-keys", "2");
  auto first = c.send(request);
  first.status(200).elements("Contents", 2).element("IsTruncated", "true");
  c.send(deleting(c, "2")).status(204);
  if (v2) {
    request.parameter("continuation-token", first.text("NextContinuationToken"));
  } else {
    request.parameter("marker", c.key("2"));
  }
  c.send(request)
      .status(200)
      .element("Contents[1]/Key", c.key("3"))
      .element("Contents[2]/Key", c.key("4"))
      .element("IsTruncated", "false");
}

void made_again(CheckContext& c) {
  c.send(of_bucket("DELETE", c.bucket())).status(204).required();
  c.send_until(creating_bucket(c.bucket(), location_of_region(c)), has_status(200)).status(200).required();
}

/// A setting of the bucket before isn't the new one's.
Check gone_with_the_bucket(std::string id, std::string sub_resource, std::string what, std::string document,
                           std::string code, std::vector<Need> needs) {
  return patient(should(
                     "bucket.made-again." + id, "A new bucket has none of its predecessor's " + what,
                     "S3 API: CreateBucket; DeleteBucket", {5},
                     [=](CheckContext& c) {
                       auto set = c.send(configuring(c, sub_resource, document));
                       skip_where_missing(c, set, what);
                       c.send_until(configuration(c, sub_resource), has_status(200)).status(200).required();
                       made_again(c);
                       c.send_until(configuration(c, sub_resource), has_status(404)).error(404, code);
                     },
                     std::move(needs)),
                 3);
}

void versioning_gone_with_the_bucket(CheckContext& c) {
  enable(c);
  made_again(c);
  auto status = c.send(configuration(c, "versioning"));
  status.status(200).document("VersioningConfiguration").no_element("Status");
  c.put("object", "data").no_header("x-amz-version-id");
}

constexpr std::string_view xmlns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

std::string cors_of(std::string_view origin) {
  return "<CORSConfiguration" + std::string(xmlns) + "><CORSRule><AllowedOrigin>" + std::string(origin) +
         "</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";
}

void allow_origin(CheckContext& c, std::string_view origin) {
  auto set = c.send(configuring(c, "cors", cors_of(origin)));
  skip_where_missing(c, set, "CORS");
  set.status(200).required();
  c.send_until(preflight(c, origin, "GET"), has_status(200)).status(200);
}

void former_rules(CheckContext& c) {
  allow_origin(c, "http://one.test");
  allow_origin(c, "http://two.test");
  c.send_until(preflight(c, "http://one.test", "GET"), has_status(403)).status(403);
}

void deleted_rules(CheckContext& c) {
  allow_origin(c, "http://one.test");
  c.send(configuration(c, "cors", "DELETE")).status(204);
  c.send_until(preflight(c, "http://one.test", "GET"), has_status(403)).status(403);
}

}  // namespace

void add_again_leftovers(std::vector<Check>& checks) {
  const std::string copy_api = "S3 API: CopyObject";
  add_all(
      checks,
      {must("object.put.emptied", "An object that is put again without a byte is empty", std::string(put_api),
            {5, 4}, emptied),
       must("multipart.complete.emptied", "So is one over which an empty upload is completed",
            "S3 API: CompleteMultipartUpload", {6, 4}, emptied_by_parts),
       must("object.put.later-date", "An object that is put again has a later date, and conditions go by it",
            "S3 API: HeadObject (Last-Modified); GetObject (If-Modified-Since)", {6, 20}, later_date),
       must("object.tags.gone-with-the-object", "Tags and metadata of a deleted object aren't the next one's",
            "S3 API: DeleteObject; PutObject (x-amz-tagging)", {5, 8}, gone_with_the_object, {Need::tagging}),
       must("object.storage-class.of-the-former", "An object put again without a class is STANDARD",
            std::string(put_api) + " (x-amz-storage-class)", {4, 8}, class_of_the_former),
       must("object.storage-class.of-a-copy", "A copy for which no class is named is STANDARD",
            copy_api + " (x-amz-storage-class)", {4, 4}, class_of_a_copy),
       patient(must("object.acl.of-a-copy", "A copy hasn't its source's ACL", copy_api + " (x-amz-acl)",
                    {5, 4}, acl_of_a_copy, {Need::own_bucket, Need::acl})),
       patient(must("object.acl.of-the-former", "An object put again hasn't the ACL of the one before",
                    std::string(put_api) + " (x-amz-acl)", {5, 9}, acl_of_the_former,
                    {Need::own_bucket, Need::acl})),
       must("object.delete.leaves.folder-object",
            "Deleting all below a key that ends with a slash leaves that", "S3 API: DeleteObject", {5, 4},
            leaves_the_folder),
       must("object.list.no-folder-of-nothing",
            "Keys that were deleted or aren't complete make no common prefix",
            "S3 API: ListObjectsV2 (CommonPrefixes)", {7, 12},
            [](CheckContext& c) { no_folder_of_nothing(c, true); }),
       must("object.list-v1.no-folder-of-nothing", "Nor do they in the old listing",
            "S3 API: ListObjects (CommonPrefixes)", {7, 12},
            [](CheckContext& c) { no_folder_of_nothing(c, false); }),
       must("object.list.behind-a-deleted-key",
            "A page goes on though its predecessor's last key was deleted",
            "S3 API: ListObjectsV2 (ContinuationToken)", {7, 4},
            [](CheckContext& c) { page_behind_a_deleted_key(c, true); }),
       must("object.list-v1.behind-a-deleted-key", "So it does by a marker", "S3 API: ListObjects (Marker)",
            {7, 4}, [](CheckContext& c) { page_behind_a_deleted_key(c, false); }),
       gone_with_the_bucket("cors", "cors", "CORS rules", cors_of("*"), "NoSuchCORSConfiguration",
                            {Need::own_bucket, Need::cors}),
       gone_with_the_bucket("tags", "tagging", "tags",
                            "<Tagging" + std::string(xmlns) +
                                "><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>",
                            "NoSuchTagSet", {Need::own_bucket}),
       patient(should("bucket.made-again.versioning", "A new bucket has none of its predecessor's versioning",
                      "S3 API: CreateBucket; DeleteBucket", {5, 4}, versioning_gone_with_the_bucket,
                      {Need::own_bucket, Need::versioning})),
       patient(must("bucket.cors.former-rules", "Rules that were replaced allow nothing any more",
                    "S3 API: PutBucketCors", {5}, former_rules, {Need::own_bucket, Need::cors}),
               3),
       patient(must("bucket.cors.deleted-rules", "Nor do rules that were deleted", "S3 API: DeleteBucketCors",
                    {4}, deleted_rules, {Need::own_bucket, Need::cors}),
               2)});
}

}  // namespace partsmith::conformance::checks
