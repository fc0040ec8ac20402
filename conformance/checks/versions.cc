/// Buckets with versioning: what puts, copies, uploads, reads, deletes and listings tell of versions.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view guide = "user guide: Retaining multiple versions of objects with S3 Versioning";

client::S3Request set_versioning(const CheckContext& c, std::string_view status) {
  auto request = of_bucket("PUT", c.bucket());
  request.parameter("versioning", "");
  request.body = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>" +
                 std::string(status) + "</Status></VersioningConfiguration>";
  const auto digest = md5(as_bytes(*request.body.text()));
  request.header("Content-MD5", to_base64(digest));
  return request;
}

/// A step that every check here takes for granted. A service without versioning is none the worse at
/// multipart uploads.
void enable(CheckContext& c) {
  auto answer = c.send(set_versioning(c, "Enabled"));
  if (answer.answer().status == 501 || answer.text("Code") == "NotImplemented")
    c.skip("the endpoint has no versioning");
  answer.status(200).required();
}

client::S3Request versions_of(const CheckContext& c) {
  auto request = of_bucket("GET", c.bucket());
  request.parameter("versions", "").parameter("prefix", c.prefix());
  return request;
}

client::S3Request of_version(client::S3Request request, std::string version) {
  request.parameter("versionId", std::move(version));
  return request;
}

std::string version_of(const Answer& answer) {
  return answer.header_value("x-amz-version-id");
}

void state(CheckContext& c) {
  auto get = of_bucket("GET", c.bucket());
  get.parameter("versioning", "");
  c.send(get).status(200).document("VersioningConfiguration").no_element("Status");
  enable(c);
  c.send(get).status(200).element("Status", "Enabled");
  c.send(set_versioning(c, "Suspended")).status(200);
  c.send(get).status(200).element("Status", "Suspended");
}

void unknown_state(CheckContext& c) {
  enable(c);
  c.send(set_versioning(c, "On")).error(400, "MalformedXML");
}

void puts_make_versions(CheckContext& c) {
  enable(c);
  auto first = c.put("object", "something");
  auto second = c.put("object", "something-v2");
  first.has_header("x-amz-version-id");
  second.expect(!version_of(second).empty() && version_of(second) != version_of(first),
                "a version ID of its own", version_of(second));
  c.send(c.get()).status(200).header("x-amz-version-id", version_of(second)).body("something-v2");
  c.send(of_version(c.get(), version_of(first)))
      .status(200)
      .header("x-amz-version-id", version_of(first))
      .body("something");
  c.send(of_version(c.head(), version_of(first))).status(200).header("Content-Length", "9");
}

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

void delete_makes_a_marker(CheckContext& c) {
  enable(c);
  auto put = c.put("object", "something");
  auto deleted = c.send(deleting(c));
  deleted.status(204).header("x-amz-delete-marker", "true").has_header("x-amz-version-id");
  c.send(c.get())
      .error(404, "NoSuchKey")
      .field("Key", c.key())
      .header("x-amz-delete-marker", "true")
      .header("x-amz-version-id", version_of(deleted));
  c.send(of_version(c.get(), version_of(put))).status(200).body("something");
  auto versions = c.send(versions_of(c));
  versions.status(200)
      .elements("DeleteMarker", 1)
      .element("DeleteMarker/IsLatest", "true")
      .element("DeleteMarker/VersionId", version_of(deleted))
      .has_element("DeleteMarker/Owner/ID")
      .element("Version/IsLatest", "false");
}

void marker_cannot_be_read(CheckContext& c) {
  enable(c);
  c.put("object", "something");
  const auto deleted = c.send(deleting(c));
  c.send(of_version(c.get(), version_of(deleted)))
      .error(405, "MethodNotAllowed")
      .header("x-amz-delete-marker", "true")
      .header("Allow", "DELETE");
}

void deleting_a_version(CheckContext& c) {
  enable(c);
  const auto first = c.put("object", "something");
  const auto second = c.put("object", "something-v2");
  c.send(of_version(deleting(c), version_of(second)))
      .status(204)
      .header("x-amz-version-id", version_of(second))
      .no_header("x-amz-delete-marker");
  c.send(c.get()).status(200).header("x-amz-version-id", version_of(first)).body("something");
  c.send(of_version(c.get(), version_of(second)))
      .error(404, "NoSuchVersion")
      .field("Key", c.key())
      .field("VersionId", version_of(second));
}

void deleting_the_marker(CheckContext& c) {
  enable(c);
  c.put("object", "something");
  const auto deleted = c.send(deleting(c));
  c.send(of_version(deleting(c), version_of(deleted)))
      .status(204)
      .header("x-amz-delete-marker", "true")
      .header("x-amz-version-id", version_of(deleted));
  c.send(c.get()).status(200).body("something");
}

client::S3Request deleting_many(const CheckContext& c,
                                const std::vector<std::pair<std::string, std::string>>& objects) {
  std::string document = "<Delete>";
  for (const auto& [key, version] : objects) {
    document += "<Object><Key>" + key + "</Key>" +
                (version.empty() ? "" : "<VersionId>" + version + "</VersionId>") + "</Object>";
  }
  document += "</Delete>";
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = std::move(document);
  return request;
}

void delete_many_makes_markers(CheckContext& c) {
  enable(c);
  const auto put = c.put("object", "something");
  auto deleted = c.send(deleting_many(c, {{c.key(), ""}}));
  deleted.status(200)
      .element("Deleted/Key", c.key())
      .element("Deleted/DeleteMarker", "true")
      .has_element("Deleted/DeleteMarkerVersionId")
      .no_element("Deleted/VersionId");
  c.send(deleting_many(c, {{c.key(), deleted.text("Deleted/DeleteMarkerVersionId")}}))
      .status(200)
      .element("Deleted/DeleteMarker", "true")
      .element("Deleted/VersionId", deleted.text("Deleted/DeleteMarkerVersionId"));
  c.send(of_version(c.get(), version_of(put))).status(200).body("something");
}

void delete_many_by_version(CheckContext& c) {
  enable(c);
  const auto put = c.put("object", "something");
  c.send(deleting_many(c, {{c.key(), version_of(put)}}))
      .status(200)
      .element("Deleted/Key", c.key())
      .element("Deleted/VersionId", version_of(put))
      .no_element("Deleted/DeleteMarker");
  c.send(versions_of(c)).status(200).elements("Version", 0).elements("DeleteMarker", 0);
}

void listed(CheckContext& c) {
  enable(c);
  const auto one =
      c.put("test", "body", {{"x-amz-checksum-crc32", base64_checksum(ChecksumAlgorithm::crc32, "body")}});
  const auto two = c.put("test", "body");
  const auto three = c.put("test2", "body");
  c.send(versions_of(c))
      .status(200)
      .document("ListVersionsResult")
      .element("Name", c.bucket())
      .element("MaxKeys", "1000")
      .element("IsTruncated", "false")
      .element("KeyMarker", "")
      .element("VersionIdMarker", "")
      .elements("Version", 3)
      .element("Version[1]/Key", c.key("test"))
      .element("Version[1]/VersionId", version_of(two))
      .element("Version[1]/IsLatest", "true")
      .element("Version[1]/ETag", "\"841a2d689ad86bd1611447453c22c6fc\"")
      .element("Version[1]/Size", "4")
      .element("Version[1]/StorageClass", "STANDARD")
      .has_element("Version[1]/Owner/ID")
      .has_element("Version[1]/LastModified")
      .element("Version[2]/VersionId", version_of(one))
      .element("Version[2]/IsLatest", "false")
      .element("Version[2]/ChecksumAlgorithm", "CRC32")
      .element("Version[3]/Key", c.key("test2"))
      .element("Version[3]/VersionId", version_of(three))
      .element("Version[3]/IsLatest", "true");
}

void listed_in_pages(CheckContext& c) {
  enable(c);
  const auto one = c.put("a", "1");
  const auto two = c.put("a", "2");
  c.put("b", "3");
  auto request = versions_of(c);
  request.parameter("max-keys", "1");
  auto first = c.send(request);
  first.status(200)
      .element("IsTruncated", "true")
      .elements("Version", 1)
      .element("Version/VersionId", version_of(two))
      .element("NextKeyMarker", c.key("a"))
      .element("NextVersionIdMarker", version_of(two))
      .required();
  request.parameter("key-marker", first.text("NextKeyMarker"))
      .parameter("version-id-marker", first.text("NextVersionIdMarker"));
  c.send(request).status(200).elements("Version", 1).element("Version/VersionId", version_of(one));
}

void null_version(CheckContext& c) {
  c.put("object", "non-versioned-key").no_header("x-amz-version-id");
  c.send(versions_of(c)).status(200).element("Version/VersionId", "null").element("Version/IsLatest", "true");
  enable(c);
  c.send(c.get()).status(200).header("x-amz-version-id", "null").body("non-versioned-key");
  const auto put = c.put("object", "versioned");
  c.send(of_version(c.get(), "null")).status(200).body("non-versioned-key");
  c.send(c.get()).status(200).header("x-amz-version-id", version_of(put)).body("versioned");
}

void suspended(CheckContext& c) {
  enable(c);
  const auto kept = c.put("object", "versioned");
  c.send(set_versioning(c, "Suspended")).status(200);
  c.put("object", "non-versioned-key-post").no_header("x-amz-version-id");
  c.send(c.get()).status(200).header("x-amz-version-id", "null").body("non-versioned-key-post");
  c.put("object", "again");
  c.send(versions_of(c)).status(200).elements("Version", 2).element("Version[1]/VersionId", "null");
  c.send(of_version(c.get(), version_of(kept))).status(200).body("versioned");
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
  copied.status(200).header("x-amz-copy-source-version-id", version_of(put)).has_header("x-amz-version-id");
  c.send(c.head("source"))
      .status(200)
      .header("x-amz-version-id", version_of(copied))
      .no_header("x-amz-meta-key");
}

void malformed_version(CheckContext& c) {
  enable(c);
  c.put("object", "data");
  c.send(of_version(c.get(), "no-version"))
      .error(400, "InvalidArgument")
      .message("Invalid version id specified")
      .field("ArgumentName", "versionId");
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

void add_versions(std::vector<Check>& checks) {
  const std::string api = "S3 API: ListObjectVersions";
  const std::string source(guide);
  const std::vector<Need> needs{Need::own_bucket, Need::versioning};
  add_all(
      checks,
      {
          must("versions.state", "A bucket's versioning is unset, Enabled or Suspended",
               "recording: list-object-versions-order; delete-objects-by-version-id", {5}, state, needs),
          should("versions.state-unknown", "Another Status is MalformedXML",
                 "S3 API: PutBucketVersioning (Status)", {2}, unknown_state, needs),
          must("versions.put", "Each put makes a version that can be read by its ID",
               "recording: versioning-null-and-ids", {6, 51}, puts_make_versions, needs),
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
          must("versions.delete", "A delete makes a marker, and the version stays",
               "recording: get-object-attributes-versioned (delete-key); " + source, {6, 18},
               delete_makes_a_marker, needs),
          should("versions.marker-read", "A delete marker can't be read by its ID: 405 MethodNotAllowed",
                 "user guide: Working with delete markers", {4, 9}, marker_cannot_be_read, needs),
          must("versions.delete-a-version",
               "Deleting a version removes it for good, and the one before is the newest again",
               "user guide: Deleting object versions from a versioning-enabled bucket", {6, 30},
               deleting_a_version, needs),
          must("versions.delete-the-marker", "Deleting the marker brings the object back",
               "user guide: Removing delete markers to make an older version current", {5, 18},
               deleting_the_marker, needs),
          must("versions.delete-many", "DeleteObjects makes markers, and deletes them by their ID",
               "recording: delete-objects-versioned", {5, 18}, delete_many_makes_markers, needs),
          must("versions.delete-many-by-version", "DeleteObjects deletes versions without making markers",
               "recording: delete-objects-by-version-id", {4, 9}, delete_many_by_version, needs),
          must("versions.list", "Versions are listed by key, the newest first",
               "recording: list-object-versions-order", {5, 12}, listed, needs),
          must("versions.list-pages", "A page of versions may end between two of one key",
               api + " (version-id-marker)", {6, 3}, listed_in_pages, needs),
          must("versions.null", "What was put before versioning has the version null",
               "recording: versioning-null-and-ids", {7, 69}, null_version, needs),
          must("versions.suspended", "While versioning is suspended puts replace the version null",
               "recording: versioning-null-and-ids (put-non-versioned-post-disable)", {8, 67}, suspended,
               needs),
          must("versions.attributes", "Each version has its own attributes",
               "recording: get-object-attributes-versioned", {7, 16}, attributes_of_a_version, needs),
          must("versions.copy", "A version can be copied, a delete marker can't",
               "recording: copy-object-missing-source (copy-object-src-target-object-version)", {6}, copies,
               needs),
          must("versions.copy-in-place", "A copy onto itself makes a version, if anything changes",
               "recording: copy-object-in-place-versioned", {5, 4}, copies_in_place, needs),
          should("versions.malformed-id", "A version ID that is none is InvalidArgument",
                 "S3 API: GetObject (versionId), as S3 words it", {3, 4}, malformed_version, needs),
          should("versions.customer-keys", "Each version has its own customer key",
                 "recording: sse-c-versions-with-two-keys", {6, 32}, two_customer_keys, needs),
      });
}

}  // namespace partsmith::conformance::checks
