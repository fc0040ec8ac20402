/// Access control lists, as far as everyone meets them: what they tell of what is one's own, and that a new
/// bucket takes none.

#include "checks/configuration.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view ownership =
    "user guide: Controlling ownership of objects and disabling ACLs for your bucket";

void expect_full_control(Answer answer) {
  const auto owner = answer.text("Owner/ID");
  answer.status(200)
      .document("AccessControlPolicy")
      .expect(!owner.empty(), "an Owner with an ID", "none", {"element isn't", "Owner/ID"});
  if (!owner.empty()) answer.element("AccessControlList/Grant/Grantee/ID", owner);
  answer.element("AccessControlList/Grant/Permission", "FULL_CONTROL");
  const auto document = answer.answer().document();
  std::size_t grants = 0;
  if (document) {
    for (const auto& child : document->children) {
      if (child.name == "AccessControlList") grants = child.children.size();
    }
  }
  answer.expect(grants == 1, "one Grant, the owner's", std::to_string(grants) + " grants",
                {"elements", "AccessControlList/Grant", "1"});
}

void object(CheckContext& c) {
  c.put("source-object", "data");
  auto answer = c.send(c.get("source-object").parameter("acl", ""));
  skip_where_missing(c, answer, "ACLs");
  expect_full_control(answer);
}

void upload(CheckContext& c) {
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "data")});
  auto answer = c.send(c.get().parameter("acl", ""));
  skip_where_missing(c, answer, "ACLs");
  expect_full_control(answer);
}

void bucket(CheckContext& c) {
  auto answer = c.send(configuration(c, "acl"));
  skip_where_missing(c, answer, "ACLs");
  expect_full_control(answer);
}

void missing(CheckContext& c) {
  auto answer = c.send(c.get().parameter("acl", ""));
  skip_where_missing(c, answer, "ACLs");
  answer.error(404, "NoSuchKey").field("Key", c.key());
}

void refused(CheckContext& c, client::S3Request request) {
  request.header("x-amz-acl", "public-read");
  auto answer = c.send(request);
  skip_where_missing(c, answer, "ACLs");
  answer.error(400, "AccessControlListNotSupported").message("The bucket does not allow ACLs");
}

void full_control_of_the_bucket_owner(CheckContext& c) {
  auto request = client::create_multipart_upload(c.bucket(), c.key());
  request.header("x-amz-acl", "bucket-owner-full-control");
  auto answer = c.send(request);
  skip_where_missing(c, answer, "ACLs");
  answer.status(200).document("InitiateMultipartUploadResult").required();
  const client::UploadAddress upload{c.bucket(), c.key(), answer.text("UploadId")};
  c.complete(upload, {c.part(upload, 1, "data")});
  auto told = c.send(c.get().parameter("acl", ""));
  skip_where_missing(c, told, "ACLs");
  expect_full_control(told);
}

}  // namespace

void add_acl(std::vector<Check>& checks) {
  const std::string source(ownership);
  const std::vector<Need> needs{Need::acl};
  const std::vector<Need> own{Need::own_bucket, Need::acl};
  add_all(
      checks,
      {
          should("object.acl.owner", "An object is its owner's, and nobody else's",
                 "recording: copy-object-in-place (object-acl)", {2, 4}, object, needs),
          should("multipart.acl.owner", "So is one made in parts",
                 "S3 API: GetObjectAcl; recording: copy-object-in-place (object-acl, of a put)", {4, 4},
                 upload, needs),
          should("bucket.acl.owner", "So is a bucket", "S3 API: GetBucketAcl", {1}, bucket, own),
          should("object.acl.missing-key", "The ACL of a missing key is NoSuchKey",
                 "S3 API: GetObjectAcl (NoSuchKey)", {1}, missing, needs),
          should(
              "object.acl.disabled", "A new bucket takes no objects with an ACL", source, {1},
              [](CheckContext& c) { refused(c, putting(c, "object", "")); }, own),
          should(
              "multipart.acl.disabled", "Nor uploads with one", source, {1},
              [](CheckContext& c) { refused(c, client::create_multipart_upload(c.bucket(), c.key())); }, own),
          should("multipart.acl.bucket-owner-full-control",
                 "The ACL bucket-owner-full-control is taken all the same", source, {4, 4},
                 full_control_of_the_bucket_owner, own),
      });
}

}  // namespace partsmith::conformance::checks
