/// What was read before it changed is read anew behind the change, whichever operation changes it: a server
/// that keeps answers must be told of each.

#include <optional>

#include "checks/acl.h"
#include "checks/again.h"
#include "checks/deleting_many.h"
#include "checks/post_form.h"
#include "checks/tags.h"
#include "checks/upload_listing.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

const std::string consistency = "user guide: What is Amazon S3?, Amazon S3 data consistency model";
constexpr std::string_view first_body = "first";
constexpr std::string_view second_body = "the second";

/// One operation that changes what "object" is.
struct Change {
  std::string id;
  std::string by;
  std::function<void(CheckContext&)> prepare;
  std::function<void(CheckContext&)> make;
  std::optional<std::string_view> left;  ///< the object's bytes behind it; none: it is gone
  Cost cost;
  std::vector<Need> needs = {};
};

void complete_second(CheckContext& c) {
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, std::string(second_body))});
}

std::vector<Change> changes() {
  const auto nothing = [](CheckContext&) {};
  return {
      {"put",
       "a put",
       nothing,
       [](CheckContext& c) { c.put("object", std::string(second_body)); },
       second_body,
       {1, 10}},
      {"copy",
       "a copy",
       [](CheckContext& c) { c.put("source", std::string(second_body)); },
       [](CheckContext& c) { c.send(copying(c, "object", source_of(c, "source"))).status(200).required(); },
       second_body,
       {2, 10}},
      {"complete", "a completion", nothing, complete_second, second_body, {3, 10}},
      {"form",
       "a form",
       nothing,
       [](CheckContext& c) {
         auto form = abcdef(c);
         form.file = second_body;
         post(c, form).status(204).required();
       },
       second_body,
       {1, 4'000},
       {Need::post_forms}},
      {"delete",
       "a delete",
       nothing,
       [](CheckContext& c) { c.send(deleting(c)).status(204).required(); },
       std::nullopt,
       {1}},
      {"delete-many",
       "a delete of many",
       nothing,
       [](CheckContext& c) { c.send(deleting_many(c, {"object"})).status(200).required(); },
       std::nullopt,
       {1}}};
}

/// Each way to read an object.
void read(CheckContext& c, const std::optional<std::string_view>& body) {
  auto head = c.send(c.head());
  auto get = c.send(c.get());
  auto v2 = c.send(listing(c, "object"));
  auto v1 = c.send(listing_v1(c, "object"));
  if (!body) {
    head.status(404);
    get.error(404, "NoSuchKey");
    v2.status(200).elements("Contents", 0);
    v1.status(200).elements("Contents", 0);
    return;
  }
  const auto size = std::to_string(body->size());
  head.status(200).header("Content-Length", size);
  get.status(200).body(*body);
  v2.status(200).elements("Contents", 1).element("Contents/Size", size);
  v1.status(200).elements("Contents", 1).element("Contents/Size", size);
}

std::vector<Need> with(std::vector<Need> needs, std::initializer_list<Need> more) {
  needs.insert(needs.end(), more);
  return needs;
}

Check seen(const Change& change) {
  return must(
      "object.seen-before." + change.id, "An object that was read is read anew behind " + change.by,
      consistency, {change.cost.requests + 9, change.cost.bytes + 20},
      [change](CheckContext& c) {
        change.prepare(c);
        c.put("object", std::string(first_body));
        read(c, first_body);
        change.make(c);
        read(c, change.left);
      },
      with(change.needs, {Need::own_bucket}));
}

Check missed(const Change& change) {
  return must(
      "object.missed-before." + change.id,
      "A key of which was told that it isn't there is there behind " + change.by, consistency,
      {change.cost.requests + 8, change.cost.bytes + 10},
      [change](CheckContext& c) {
        change.prepare(c);
        read(c, std::nullopt);
        change.make(c);
        read(c, change.left);
      },
      with(change.needs, {Need::own_bucket}));
}

Check tags_seen(const Change& change) {
  return must(
      "object.tags.seen-before." + change.id, "Tags that were read are gone behind " + change.by,
      consistency + "; S3 API: GetObjectTagging", {change.cost.requests + 3, change.cost.bytes + 5},
      [change](CheckContext& c) {
        change.prepare(c);
        auto tagged = putting(c, "object", std::string(first_body));
        tagged.header("x-amz-tagging", "n=1");
        auto put = c.send(tagged);
        skip_where_missing(c, put, "tags");
        put.status(200).required();
        expect_tags(c, "object", {{"n", "1"}});
        change.make(c);
        expect_tags(c, "object", {});
      },
      with(change.needs, {Need::tagging}));
}

Check attributes_seen(const Change& change) {
  return must(
      "object.attributes.seen-before." + change.id,
      "Attributes that were read are read anew behind " + change.by,
      consistency + "; S3 API: GetObjectAttributes", {change.cost.requests + 3, change.cost.bytes + 5},
      [change](CheckContext& c) {
        change.prepare(c);
        c.put("object", std::string(first_body));
        auto request = c.get();
        request.parameter("attributes").header("x-amz-object-attributes", "ETag,ObjectSize");
        c.send(request).status(200).element("ObjectSize", std::to_string(first_body.size()));
        change.make(c);
        c.send(request).status(200).element("ObjectSize", std::to_string(second_body.size()));
      },
      change.needs);
}

Check versions_seen(const Change& change) {
  return must(
      "versions.seen-before." + change.id, "A list of versions is read anew behind " + change.by,
      consistency + "; S3 API: ListObjectVersions", {change.cost.requests + 4, change.cost.bytes + 5},
      [change](CheckContext& c) {
        enable(c);
        change.prepare(c);
        c.put("object", std::string(first_body));
        auto all = of_bucket("GET", c.bucket());
        all.parameter("versions", "").parameter("prefix", c.key("object"));
        c.send(all).status(200).elements("Version", 1).elements("DeleteMarker", 0);
        change.make(c);
        c.send(all)
            .status(200)
            .elements("Version", change.left ? 2 : 1)
            .elements("DeleteMarker", change.left ? 0 : 1)
            .element("Version[1]/IsLatest", change.left ? "true" : "false");
      },
      with(change.needs, {Need::own_bucket, Need::versioning}));
}

void tags_of_head(CheckContext& c) {
  auto put = putting(c, "object", "data");
  put.header("x-amz-tagging", "n=1");
  auto answer = c.send(put);
  skip_where_missing(c, answer, "tags");
  answer.status(200).required();
  c.send(c.head()).status(200).header("x-amz-tagging-count", "1");
  c.send(deleting(c).parameter("tagging", "")).status(204);
  c.send(c.head()).status(200).no_header("x-amz-tagging-count");
}

void acl_seen(CheckContext& c) {
  allow_acls(c);
  auto put = putting(c, "object", "data");
  put.header("x-amz-acl", "public-read");
  c.send_until(put, has_status(200)).status(200).required();
  auto acl = c.get();
  acl.parameter("acl", "");
  auto before = c.send(acl);
  before.status(200).expect(before.answer().body.contains("AllUsers"), "an ACL with AllUsers", "one without",
                            {"body fits", "", "*AllUsers*"});
  c.put("object", "other");
  auto after = c.send(acl);
  after.status(200).expect(!after.answer().body.contains("AllUsers"), "an ACL without AllUsers",
                           "one with AllUsers", {.about = "body lacks", .value = "AllUsers"});
}

void parts_seen(CheckContext& c) {
  c.put("source", "a copied part");
  const auto upload = c.create();
  const auto list = client::list_parts(upload);
  c.send(list).status(200).elements("Part", 0);
  c.part(upload, 1, "data");
  c.send(list).status(200).elements("Part", 1).element("Part/Size", "4");
  c.part(upload, 1, "other data");
  c.send(list).status(200).elements("Part", 1).element("Part/Size", "10");
  c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("source"))).status(200).required();
  c.send(list).status(200).elements("Part", 1).element("Part/Size", "13");
  c.send(client::upload_part_copy(upload, "2", c.bucket(), c.key("source"))).status(200).required();
  c.send(list).status(200).elements("Part", 2);
}

void uploads_seen(CheckContext& c) {
  const auto list = uploads(c);
  c.send(list).status(200).elements("Upload", 0);
  const auto one = c.create("a");
  c.send(list).status(200).elements("Upload", 1).element("Upload/UploadId", one.upload_id);
  const auto two = c.create("b");
  c.send(list).status(200).elements("Upload", 2);
  c.send(client::abort_multipart_upload(one)).status(204);
  c.send(list).status(200).elements("Upload", 1).element("Upload/UploadId", two.upload_id);
  c.complete(two, {c.part(two, 1, "data")});
  c.send(list).status(200).elements("Upload", 0);
}

void bucket_seen(CheckContext& c) {
  c.send(of_bucket("HEAD", c.bucket())).status(200);
  c.send(listing(c)).status(200);
  c.send(of_bucket("DELETE", c.bucket())).status(204).required();
  c.send_until(of_bucket("HEAD", c.bucket()), has_status(404)).status(404);
  c.send_until(listing(c), has_status(404)).error(404, "NoSuchBucket");
  c.send_until(creating_bucket(c.bucket(), location_of_region(c)), has_status(200)).status(200).required();
  c.send_until(of_bucket("HEAD", c.bucket()), has_status(200)).status(200);
  c.send_until(listing(c), has_status(200)).status(200);
}

}  // namespace

void add_seen_before(std::vector<Check>& checks) {
  for (const auto& change : changes()) {
    checks.push_back(seen(change));
    checks.push_back(versions_seen(change));
    if (!change.left) continue;
    checks.push_back(missed(change));
    checks.push_back(tags_seen(change));
    checks.push_back(attributes_seen(change));
  }
  add_all(
      checks,
      {must("object.tags.seen-before.in-head", "HEAD that told tags tells none when they are deleted",
            consistency + "; S3 API: HeadObject (TagCount)", {4, 4}, tags_of_head, {Need::tagging}),
       patient(must("object.acl.seen-before.put", "An ACL that was read is read anew behind a put",
                    consistency, {6, 9}, acl_seen, {Need::own_bucket, Need::acl})),
       must("multipart.list-parts.seen-before",
            "Each part, copied part and change shows in the next list of parts",
            consistency + "; S3 API: ListParts", {11, 80}, parts_seen),
       must("multipart.list-uploads.seen-before",
            "Each upload that begins or ends shows in the next list of uploads",
            consistency + "; S3 API: ListMultipartUploads", {10, 4}, uploads_seen),
       patient(should("bucket.seen-before",
                      "What is told of a bucket is told anew when it is deleted, and made again",
                      "S3 API: CreateBucket; DeleteBucket; HeadBucket", {8}, bucket_seen, {Need::own_bucket}),
               5)});
}

}  // namespace partsmith::conformance::checks
