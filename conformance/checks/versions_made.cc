/// Versions that uploads and copies make, or are made of; their attributes and keys.

#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

void upload_makes_a_version(CheckContext& c) {
  enable(c);
  auto former = c.put("object", "the former");
  const auto upload = c.create();
  auto completed = c.complete(upload, {c.part(upload, 1, "data")});
  completed.has_header("x-amz-version-id").no_element("VersionId");
  c.send(c.get()).status(200).header("x-amz-version-id", version_of(completed)).body("data");
  c.send(of_version(c.get(), version_of(former))).status(200).body("the former");
  c.send(versions_of(c))
      .status(200)
      .elements("Version", 2)
      .element("Version[1]/VersionId", version_of(completed))
      .element("Version[1]/IsLatest", "true")
      .element("Version[1]/ETag", "\"2068bfdec27f4616282c1124300f0ae6-1\"")
      .element("Version[2]/IsLatest", "false");
}

void upload_begun_before(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  enable(c);
  c.complete(upload, {part}).has_header("x-amz-version-id");
}

void part_copy_of_a_version(CheckContext& c) {
  enable(c);
  const auto first = c.put("source", "this is a part");
  c.put("source", "something newer");
  const auto upload = c.create();
  auto request = client::upload_part(upload, "1", "");
  request.header("x-amz-copy-source", source_of(c, "source") + "?versionId=" + version_of(first));
  c.send(request)
      .status(200)
      .header("x-amz-copy-source-version-id", version_of(first))
      .element("ETag", "\"11df95d595559285eb2b042124e74f09\"");
}

void part_copy_of_the_newest(CheckContext& c) {
  enable(c);
  c.put("source", "older");
  const auto newest = c.put("source", "this is a part");
  const auto upload = c.create();
  c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("source")))
      .status(200)
      .header("x-amz-copy-source-version-id", version_of(newest))
      .element("ETag", "\"11df95d595559285eb2b042124e74f09\"");
}

void part_copy_of_a_marker(CheckContext& c) {
  enable(c);
  c.put("source", "this is a part");
  c.send(deleting(c, "source")).status(204);
  const auto upload = c.create();
  c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("source"))).error(404, "NoSuchKey");
}

void attributes_of_a_version(CheckContext& c) {
  enable(c);
  const auto first = c.put("object", "69\n420\n");
  const auto second = c.put("object", "version 2");
  auto request = c.get();
  request.parameter("attributes").header("x-amz-object-attributes", "ETag,ObjectSize");
  c.send(request)
      .status(200)
      .header("x-amz-version-id", version_of(second))
      .element("ETag", "d4ca1ed7571e2e7b1f1c375bd50fa220");
  c.send(of_version(request, version_of(first)))
      .status(200)
      .header("x-amz-version-id", version_of(first))
      .element("ETag", "e92499db864217242396e8ef766079a9")
      .element("ObjectSize", "7");
  c.send(deleting(c)).status(204);
  c.send(request).error(404, "NoSuchKey");
}

void copies(CheckContext& c) {
  enable(c);
  const auto put = c.put("source", "");
  const auto deleted = c.send(deleting(c, "source"));
  c.send(copying(c, "copy", source_of(c, "source"))).error(404, "NoSuchKey").field("Key", c.key("source"));
  c.send(copying(c, "copy", source_of(c, "source") + "?versionId=" + version_of(deleted)))
      .error(400, "InvalidRequest")
      .message("The source of a copy request may not specifically refer to a delete marker by version id.");
  c.send(copying(c, "copy", source_of(c, "source") + "?versionId=" + version_of(put)))
      .status(200)
      .header("x-amz-copy-source-version-id", version_of(put))
      .has_header("x-amz-version-id")
      .element("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\"");
}

void copies_in_place(CheckContext& c) {
  enable(c);
  const auto put = c.put("source", "data", {{"x-amz-meta-key", "value"}});
  c.send(copying(c, "source", source_of(c, "source"))).error(400, "InvalidRequest");
  auto copied =
      c.send(copying(c, "source", source_of(c, "source")).header("x-amz-metadata-directive", "REPLACE"));
  copied.status(200)
      .header("x-amz-copy-source-version-id", version_of(put))
      .has_header("x-amz-version-id")
      .required();
  c.send(c.head("source"))
      .status(200)
      .header("x-amz-version-id", version_of(copied))
      .no_header("x-amz-meta-key");
}

void copies_the_current_version_in_place(CheckContext& c) {
  enable(c);
  const auto put = c.put("source", "data");
  auto copied = c.send(copying(c, "source", source_of(c, "source") + "?versionId=" + version_of(put)));
  copied.status(200).header("x-amz-copy-source-version-id", version_of(put)).required();
  c.send(c.get("source")).status(200).header("x-amz-version-id", version_of(copied)).body("data");
}

void two_customer_keys(CheckContext& c) {
  const protocol::Headers one{
      {"x-amz-server-side-encryption-customer-algorithm", "AES256"},
      {"x-amz-server-side-encryption-customer-key", "MTIzNDU2Nzg5MGFiY2RlZjEyMzQ1Njc4OTBhYmNkZWY="},
      {"x-amz-server-side-encryption-customer-key-MD5", "JMwgiexXqwuPqIPjYFmIZQ=="}};
  const protocol::Headers two{
      {"x-amz-server-side-encryption-customer-algorithm", "AES256"},
      {"x-amz-server-side-encryption-customer-key", "YWJjZGVmMTIzNDU2Nzg5MGFiY2RlZjEyMzQ1Njc4OTA="},
      {"x-amz-server-side-encryption-customer-key-MD5", "KoitZ78ZSAQHz4+gxDpJqQ=="}};
  enable(c);
  const auto send = [&](client::S3Request request, const protocol::Headers& headers) {
    request.headers = headers;
    return c.send(request);
  };
  auto first = send(putting(c, "object", "version1"), one);
  if (first.answer().status >= 400) c.skip("the endpoint takes no customer keys here");
  const auto second = send(putting(c, "object", "version2"), two);
  send(c.get(), two).status(200).header("x-amz-version-id", version_of(second)).body("version2");
  send(of_version(c.get(), version_of(first)), one).status(200).body("version1");
  send(of_version(c.get(), version_of(first)), two).error(403, "AccessDenied");
}

}  // namespace

void add_versions_made(std::vector<Check>& checks) {
  const std::string source(versions_guide);
  const std::vector<Need> needs{Need::own_bucket, Need::versioning};
  add_all(
      checks,
      {
          must("multipart.versions.complete",
               "A completed upload becomes a version, told in a header, and keeps the former",
               "S3 API: CompleteMultipartUpload (x-amz-version-id); " + source, {8, 42},
               upload_makes_a_version, needs),
          must("multipart.versions.begun-before", "So does an upload begun before versioning was enabled",
               "S3 API: CompleteMultipartUpload; " + source, {4, 4}, upload_begun_before, needs),
          must("multipart.versions.copy-of-a-version", "A part can be copied from a version, which is told",
               "S3 API: UploadPartCopy (x-amz-copy-source)", {5, 29}, part_copy_of_a_version, needs),
          must("multipart.versions.copy-of-the-newest",
               "Without a version the newest is copied from, and told",
               "S3 API: UploadPartCopy (x-amz-copy-source-version-id)", {5, 19}, part_copy_of_the_newest,
               needs),
          must("multipart.versions.copy-of-a-marker", "A part can't be copied from a deleted object",
               "S3 API: UploadPartCopy; recording: copy-object-missing-source (of CopyObject)", {5, 14},
               part_copy_of_a_marker, needs),
          must("versions.attributes", "Each version has its own attributes",
               "recording: get-object-attributes-versioned", {7, 16}, attributes_of_a_version, needs),
          must("versions.copy", "A version can be copied, a delete marker can't",
               "recording: copy-object-missing-source (copy-object-src-target-object-version)", {6}, copies,
               needs),
          should("versions.copy-in-place-named",
                 "The current version may be copied onto itself where it is named",
                 "reported: moto#7303, versitygw#2418", {4, 8}, copies_the_current_version_in_place, needs),
          must("versions.copy-in-place", "A copy onto itself makes a version, if anything changes",
               "recording: copy-object-in-place-versioned", {5, 4}, copies_in_place, needs),
          should("versions.customer-keys", "Each version has its own customer key",
                 "recording: sse-c-versions-with-two-keys", {6, 32}, two_customer_keys, needs),
      });
}

}  // namespace partsmith::conformance::checks
