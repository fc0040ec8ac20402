/// Buckets with versioning: what puts, copies, uploads, reads, deletes and listings tell of versions.

#include "checks/versioning.h"

namespace partsmith::conformance::checks {
namespace {

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
                "a version ID of its own", version_of(second),
                {"header isn't", "x-amz-version-id", version_of(first)});
  c.send(c.get()).status(200).header("x-amz-version-id", version_of(second)).body("something-v2");
  c.send(of_version(c.get(), version_of(first)))
      .status(200)
      .header("x-amz-version-id", version_of(first))
      .body("something");
  c.send(of_version(c.head(), version_of(first))).status(200).header("Content-Length", "9");
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
      .header("Content-Type", "application/xml")
      .element("Name", c.bucket())
      .element("Prefix", c.prefix())
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
      .element("Version[2]/ChecksumType", "FULL_OBJECT")
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

void malformed_version(CheckContext& c) {
  enable(c);
  c.put("object", "data");
  c.send(of_version(c.get(), "no-version"))
      .error(400, "InvalidArgument")
      .message("Invalid version id specified")
      .field("ArgumentName", "versionId");
}

/// Not the text of the other listings.
void negative_max_keys(CheckContext& c) {
  auto request = versions_of(c);
  request.parameter("max-keys", "-1");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("max-keys cannot be negative")
      .field("ArgumentName", "max-keys");
}

void version_marker_alone(CheckContext& c) {
  auto request = versions_of(c);
  request.parameter("version-id-marker", "null");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("A version-id marker cannot be specified without a key marker.")
      .field("ArgumentName", "version-id-marker")
      .field("ArgumentValue", "null");
}

}  // namespace

void add_versions(std::vector<Check>& checks) {
  const std::string api = "S3 API: ListObjectVersions";
  const std::string source(versions_guide);
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
          must("versions.delete", "A delete makes a marker, and the version stays",
               "recording: get-object-attributes-versioned (delete-key); "
               "delete-object-versions-and-markers; " +
                   source,
               {6, 18}, delete_makes_a_marker, needs),
          should("versions.marker-read", "A delete marker can't be read by its ID: 405 MethodNotAllowed",
                 "recording: delete-object-versions-and-markers (get-delete-marker)", {4, 9},
                 marker_cannot_be_read, needs),
          must("versions.delete-a-version",
               "Deleting a version removes it for good, and the one before is the newest again",
               "recording: delete-object-versions-and-markers (delete-object-version)", {6, 30},
               deleting_a_version, needs),
          must("versions.delete-the-marker", "Deleting the marker brings the object back",
               "recording: delete-object-versions-and-markers (delete-delete-marker); user guide: Removing "
               "delete markers to "
               "make an older version current",
               {5, 18}, deleting_the_marker, needs),
          must("versions.delete-many", "DeleteObjects makes markers, and deletes them by their ID",
               "recording: delete-objects-versioned", {5, 18}, delete_many_makes_markers, needs),
          must("versions.delete-many-by-version", "DeleteObjects deletes versions without making markers",
               "recording: delete-objects-by-version-id", {4, 9}, delete_many_by_version, needs),
          must("versions.list", "Versions are listed by key, the newest first",
               "recording: list-object-versions-order", {5, 12}, listed, needs),
          must("versions.list-pages", "A page of versions may end between two of one key",
               api + " (version-id-marker)", {6, 3}, listed_in_pages, needs),
          should("versions.list-max-keys-negative", "max-keys=-1 of versions is InvalidArgument",
                 "reported: versitygw#1809", {1}, negative_max_keys),
          should("versions.list-marker-alone", "A version-id-marker without a key-marker is InvalidArgument",
                 api + " (version-id-marker)", {1}, version_marker_alone),
          must("versions.null", "What was put before versioning has the version null",
               "recording: versioning-null-and-ids", {7, 69}, null_version, needs),
          must("versions.suspended", "While versioning is suspended puts replace the version null",
               "recording: versioning-null-and-ids (put-non-versioned-post-disable)", {8, 67}, suspended,
               needs),
          should("versions.malformed-id", "A version ID that is none is InvalidArgument",
                 "recording: delete-object-versions-and-markers (delete-with-bad-version); S3 API: GetObject "
                 "(versionId)",
                 {3, 4}, malformed_version, needs),
      });
}

}  // namespace partsmith::conformance::checks
