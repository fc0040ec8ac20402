/// Each answer about a version tells which, and is of that one; what a marker hides no operation sees.

#include <partsmith/protocol/uri.h>

#include "checks/again.h"
#include "checks/post_form.h"
#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

const std::vector<Need> versioned{Need::own_bucket, Need::versioning};

client::S3Request tagging(const CheckContext& c, std::string method) {
  auto request = c.request(std::move(method), "object");
  request.parameter("tagging", "");
  if (request.method == "PUT") {
    const std::string document =
        "<Tagging "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>m</Key><Value>2</Value></Tag>"
        "</TagSet></Tagging>";
    request.header("Content-MD5", to_base64(md5(as_bytes(document))));
    request.body = document;
  }
  return request;
}

struct TwoVersions {
  std::string former;
  std::string current;
};

TwoVersions two_versions(CheckContext& c) {
  enable(c);
  const auto former = c.put("object", "the first", {{"x-amz-meta-n", "1"}, {"Content-Type", "text/one"}});
  const auto current = c.put("object", "2nd", {{"x-amz-meta-n", "2"}, {"Content-Type", "text/two"}});
  return {version_of(former), version_of(current)};
}

/// Each answer about a version tells which.
void version_told(CheckContext& c) {
  const auto two = two_versions(c);
  for (const auto& version : {two.former, two.current}) {
    c.send(of_version(c.get(), version)).status(200).header("x-amz-version-id", version);
    c.send(of_version(c.head(), version)).status(200).header("x-amz-version-id", version);
    auto range = of_version(c.get(), version);
    range.header("Range", "bytes=0-0");
    c.send(range).status(206).header("x-amz-version-id", version);
  }
  c.send(c.get()).status(200).header("x-amz-version-id", two.current);
  c.send(c.head()).status(200).header("x-amz-version-id", two.current);
}

void version_told_of_tags(CheckContext& c) {
  const auto two = two_versions(c);
  auto put = c.send(tagging(c, "PUT"));
  skip_where_missing(c, put, "tags");
  put.status(200).header("x-amz-version-id", two.current);
  c.send(of_version(tagging(c, "PUT"), two.former)).status(200).header("x-amz-version-id", two.former);
  c.send(tagging(c, "GET")).status(200).header("x-amz-version-id", two.current);
  c.send(of_version(tagging(c, "GET"), two.former)).status(200).header("x-amz-version-id", two.former);
  c.send(of_version(tagging(c, "DELETE"), two.former)).status(204).header("x-amz-version-id", two.former);
}

void version_told_of_acl(CheckContext& c) {
  const auto two = two_versions(c);
  auto acl = c.get();
  acl.parameter("acl", "");
  auto answer = c.send(acl);
  skip_where_missing(c, answer, "ACLs");
  answer.status(200).header("x-amz-version-id", two.current);
  c.send(of_version(acl, two.former)).status(200).header("x-amz-version-id", two.former);
}

void version_told_of_form(CheckContext& c) {
  enable(c);
  auto posted = post(c, abcdef(c));
  posted.status(204);
  const auto version = version_of(posted);
  posted.expect(!version.empty(), "x-amz-version-id", "none", {.about = "shown"});
  c.send(c.head()).status(200).header("x-amz-version-id", version);
}

void part_of_former_version(CheckContext& c) {
  const auto two = two_versions(c);
  for (auto request : {c.get(), c.head()}) {
    request.parameter("partNumber", "1");
    c.send(of_version(request, two.former))
        .status(206)
        .header("Content-Length", "9")
        .header("x-amz-version-id", two.former)
        .header("x-amz-meta-n", "1");
  }
}

void conditions_of_former_version(CheckContext& c) {
  two_versions(c);
  const auto former = '"' + to_hex(md5(as_bytes("the first"))) + '"';
  const auto current = '"' + to_hex(md5(as_bytes("2nd"))) + '"';
  const auto id = c.send(versions_of(c)).text("Version[2]/VersionId");
  for (const auto& method : {std::string("GET"), std::string("HEAD")}) {
    auto holds = of_version(c.request(method, "object"), id);
    c.send(holds.header("If-Match", former)).status(200).header("ETag", former);
    auto fails = of_version(c.request(method, "object"), id);
    c.send(fails.header("If-Match", current)).status(412);
    auto same = of_version(c.request(method, "object"), id);
    c.send(same.header("If-None-Match", former)).status(304);
  }
}

void copy_of_former_version(CheckContext& c) {
  const auto two = two_versions(c);
  c.send(copying(c, "copy", source_of(c, "object") + "?versionId=" + two.former))
      .status(200)
      .header("x-amz-copy-source-version-id", two.former);
  c.send(c.get("copy"))
      .status(200)
      .body("the first")
      .header("x-amz-meta-n", "1")
      .header("Content-Type", "text/one");
  const auto upload = c.create("parts");
  auto request = client::upload_part_copy(upload, "1", c.bucket(), c.key());
  request.headers.set(
      "x-amz-copy-source",
      protocol::uri_encode(source_of(c, "object"), protocol::Slash::keep) + "?versionId=" + two.former);
  c.send(request).status(200).header("x-amz-copy-source-version-id", two.former);
}

/// A marker hides what is below it from each operation.
void hidden_by_a_marker(CheckContext& c) {
  two_versions(c);
  c.send(deleting(c)).status(204);
  c.send(c.get()).error(404, "NoSuchKey").header("x-amz-delete-marker", "true");
  c.send(c.head()).status(404).header("x-amz-delete-marker", "true");
  c.send(copying(c, "copy", source_of(c, "object"))).error(404, "NoSuchKey");
  const auto upload = c.create("parts");
  c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key())).error(404, "NoSuchKey");
  auto attributes = c.get();
  attributes.parameter("attributes").header("x-amz-object-attributes", "ObjectSize");
  auto answer = c.send(attributes);
  if (answer.answer().status != 501) answer.status(404);
  c.send(listing(c, "object")).status(200).elements("Contents", 0);
}

void tags_hidden_by_a_marker(CheckContext& c) {
  two_versions(c);
  c.send(deleting(c)).status(204);
  auto tags = c.send(tagging(c, "GET"));
  skip_where_missing(c, tags, "tags");
  tags.error(405, "MethodNotAllowed");
}

}  // namespace

void add_versions_told(std::vector<Check>& checks) {
  add_all(
      checks,
      {must("versions.told.reads", "Each read of a version tells which it is",
            "S3 API: GetObject (VersionId); HeadObject (VersionId)", {11, 40}, version_told, versioned),
       must("versions.told.tags", "So do tags that are put, read and deleted",
            "S3 API: PutObjectTagging (VersionId); GetObjectTagging (VersionId); DeleteObjectTagging "
            "(VersionId)",
            {8, 12}, version_told_of_tags, versioned),
       should("versions.told.acl", "So does its ACL", "inferred: S3 API: GetObjectAcl (VersionId)", {5, 12},
              version_told_of_acl, versioned),
       should("versions.told.form", "A form tells the version that it made",
              "inferred: S3 API: PutObject (VersionId)", {3, 4'000}, version_told_of_form,
              {Need::own_bucket, Need::versioning, Need::post_forms}),
       must("versions.former.part", "A part of a version is of that version, to GET and HEAD",
            "S3 API: GetObject (partNumber, versionId)", {5, 24}, part_of_former_version, versioned),
       must("versions.former.conditions", "Conditions on a version are on its ETag, for GET and HEAD",
            "S3 API: GetObject (If-Match, versionId)", {10, 24}, conditions_of_former_version, versioned),
       must(
           "versions.former.copies",
           "A copy of a version has its bytes and its metadata, and tells which it is",
           "S3 API: CopyObject (x-amz-copy-source-version-id); UploadPartCopy (x-amz-copy-source-version-id)",
           {7, 32}, copy_of_former_version, versioned),
       must("versions.hidden-by-a-marker", "What a marker hides no operation sees",
            std::string(versions_guide), {11, 12}, hidden_by_a_marker, versioned),
       should("versions.hidden-by-a-marker.tags", "Tags of what a marker hides aren't told",
              "inferred: S3 API: GetObjectTagging", {5, 12}, tags_hidden_by_a_marker, versioned)});
}

}  // namespace partsmith::conformance::checks
