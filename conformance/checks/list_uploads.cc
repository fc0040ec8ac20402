/// ListMultipartUploads.

#include <partsmith/conformance/context.h>

#include "checks/encoded.h"
#include "checks/facts.h"
#include "checks/families.h"
#include "checks/upload_listing.h"

namespace partsmith::conformance::checks {
namespace {

void empty_bucket(CheckContext& c) {
  c.send(client::list_multipart_uploads(c.bucket()))
      .status(200)
      .document("ListMultipartUploadsResult")
      .element("Bucket", c.bucket())
      .element("KeyMarker", "")
      .element("UploadIdMarker", "")
      .element("NextKeyMarker", "")
      .element("NextUploadIdMarker", "")
      .element("MaxUploads", "1000")
      .element("IsTruncated", "false")
      .elements("Upload", 0);
}

void one_upload(CheckContext& c) {
  const auto upload = c.create("test-list-parts");
  c.send(client::list_multipart_uploads(c.bucket()))
      .status(200)
      .element("NextKeyMarker", upload.key)
      .element("NextUploadIdMarker", upload.upload_id)
      .element("IsTruncated", "false")
      .elements("Upload", 1)
      .element("Upload/Key", upload.key)
      .element("Upload/UploadId", upload.upload_id)
      .element("Upload/StorageClass", "STANDARD")
      .has_element("Upload/Initiated")
      .has_element("Upload/Initiator/ID")
      .has_element("Upload/Owner/ID")
      .no_element("Upload/ChecksumAlgorithm");
}

void prefix(CheckContext& c) {
  c.create("photos/one");
  const auto wanted = c.create("videos/one");
  c.send(uploads(c, "videos/"))
      .status(200)
      .element("Prefix", c.key("videos/"))
      .elements("Upload", 1)
      .element("Upload/UploadId", wanted.upload_id);
}

void delimiter(CheckContext& c) {
  const auto direct = c.create("direct");
  c.create("photos/one");
  c.create("photos/two");
  auto request = uploads(c);
  request.parameter("delimiter", "/");
  c.send(request)
      .status(200)
      .element("Delimiter", "/")
      .elements("Upload", 1)
      .element("Upload/Key", direct.key)
      .elements("CommonPrefixes", 1)
      .element("CommonPrefixes/Prefix", c.key("photos/"));
}

void order(CheckContext& c) {
  for (const auto* name : {"b", "a", "c"}) c.create(name);
  c.send(uploads(c))
      .status(200)
      .elements("Upload", 3)
      .element("Upload[1]/Key", c.key("a"))
      .element("Upload[2]/Key", c.key("b"))
      .element("Upload[3]/Key", c.key("c"));
}

void pages(CheckContext& c) {
  for (const auto* name : {"a", "b", "c"}) c.create(name);
  auto first = uploads(c);
  first.parameter("max-uploads", "2");
  auto answer = c.send(first);
  answer.status(200)
      .element("MaxUploads", "2")
      .element("IsTruncated", "true")
      .elements("Upload", 2)
      .element("NextKeyMarker", c.key("b"))
      .required();
  auto second = uploads(c);
  second.parameter("max-uploads", "2")
      .parameter("key-marker", answer.text("NextKeyMarker"))
      .parameter("upload-id-marker", answer.text("NextUploadIdMarker"));
  c.send(second)
      .status(200)
      .element("KeyMarker", c.key("b"))
      .element("IsTruncated", "false")
      .elements("Upload", 1)
      .element("Upload/Key", c.key("c"));
}

void key_marker_alone(CheckContext& c) {
  for (const auto* name : {"a", "a", "b"}) c.create(name);
  auto request = uploads(c);
  request.parameter("key-marker", c.key("a"));
  c.send(request).status(200).elements("Upload", 1).element("Upload/Key", c.key("b"));
}

void pages_within_a_key(CheckContext& c) {
  const auto one = c.create("same");
  const auto two = c.create("same");
  auto first = uploads(c);
  first.parameter("max-uploads", "1");
  auto answer = c.send(first);
  answer.status(200).element("IsTruncated", "true").elements("Upload", 1).required();
  const auto seen = answer.text("Upload/UploadId");
  auto second = uploads(c);
  second.parameter("max-uploads", "1")
      .parameter("key-marker", answer.text("NextKeyMarker"))
      .parameter("upload-id-marker", answer.text("NextUploadIdMarker"));
  c.send(second)
      .status(200)
      .elements("Upload", 1)
      .element("Upload/UploadId", seen == one.upload_id ? two.upload_id : one.upload_id)
      .element("IsTruncated", "false");
}

void checksum(CheckContext& c) {
  c.create("object", {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "COMPOSITE"}});
  c.send(uploads(c))
      .status(200)
      .element("Upload/ChecksumAlgorithm", "CRC32")
      .element("Upload/ChecksumType", "COMPOSITE");
}

void completed_is_gone(CheckContext& c) {
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "data")});
  c.send(uploads(c)).status(200).elements("Upload", 0);
}

void encoded(CheckContext& c) {
  c.create("a key+more");
  auto request = uploads(c);
  request.parameter("encoding-type", "url");
  auto answer = c.send(request);
  answer.status(200).element("EncodingType", "url");
  expect_encoded(answer, "Upload/Key", "/a+key%2Bmore");
  answer.wording("Upload/Key", c.key("a+key%2Bmore"));
}

void prefix_twice(CheckContext& c) {
  const auto wanted = c.create("u/1");
  c.create("v");
  auto request = uploads(c, "u/");
  request.parameter("prefix", c.key("zz"));
  c.send(request)
      .status(200)
      .element("Prefix", c.key("u/"))
      .elements("Upload", 1)
      .element("Upload/UploadId", wanted.upload_id);
}

void empty_delimiter(CheckContext& c) {
  c.create("u/1");
  auto request = uploads(c);
  request.parameter("delimiter", "");
  c.send(request)
      .status(200)
      .no_element("Delimiter")
      .elements("CommonPrefixes", 0)
      .element("Upload/Key", c.key("u/1"));
}

void delimiter_of_none(CheckContext& c) {
  c.create("u/1");
  auto request = uploads(c);
  request.parameter("delimiter", "#");
  c.send(request)
      .status(200)
      .element("Delimiter", "#")
      .elements("CommonPrefixes", 0)
      .element("Upload/Key", c.key("u/1"));
}

}  // namespace

void add_list_uploads(std::vector<Check>& checks) {
  const std::string recording = "recording: multipart-and-list-parts";
  const std::string api = "S3 API: ListMultipartUploads";
  checks.push_back({.id = "multipart.list-uploads.empty-bucket",
                    .title = "A bucket without uploads lists none, its markers empty",
                    .level = Level::must,
                    .source = recording + " (list-all-uploads-completed)",
                    .cost = {1},
                    .needs = {Need::own_bucket},
                    .body = empty_bucket});
  checks.push_back({.id = "multipart.list-uploads.one-upload",
                    .title = "An upload is listed, and named by the next markers though nothing follows",
                    .level = Level::should,
                    .source = recording + " (list-all-uploads)",
                    .cost = {2},
                    .needs = {Need::own_bucket},
                    .body = one_upload});
  checks.push_back({.id = "multipart.list-uploads.prefix",
                    .title = "A prefix chooses the uploads whose keys begin with it",
                    .level = Level::must,
                    .source = api + " (prefix)",
                    .cost = {3},
                    .body = prefix});
  checks.push_back({.id = "multipart.list-uploads.delimiter",
                    .title = "A delimiter gathers keys into common prefixes",
                    .level = Level::must,
                    .source = api + " (delimiter)",
                    .cost = {4},
                    .body = delimiter});
  checks.push_back({.id = "multipart.list-uploads.order",
                    .title = "Uploads are listed by key",
                    .level = Level::must,
                    .source = api,
                    .cost = {4},
                    .body = order});
  checks.push_back({.id = "multipart.list-uploads.pages",
                    .title = "A page ends at max-uploads, and the next begins behind its markers",
                    .level = Level::must,
                    .source = api + " (max-uploads, key-marker, upload-id-marker)",
                    .cost = {5},
                    .body = pages});
  checks.push_back({.id = "multipart.list-uploads.key-marker-alone",
                    .title = "A key marker alone leaves out all uploads of that key",
                    .level = Level::must,
                    .source = api + " (key-marker)",
                    .cost = {4},
                    .body = key_marker_alone});
  checks.push_back({.id = "multipart.list-uploads.pages-within-a-key",
                    .title = "Pages go on within the uploads of one key",
                    .level = Level::must,
                    .source = api + " (upload-id-marker)",
                    .cost = {4},
                    .body = pages_within_a_key});
  checks.push_back({.id = "multipart.list-uploads.checksum",
                    .title = "Algorithm and type named at creation are listed",
                    .level = Level::should,
                    .source = "recording: multipart-checksum-errors-composite (list-multiparts)",
                    .cost = {2},
                    .body = checksum});
  checks.push_back({.id = "multipart.list-uploads.completed-is-gone",
                    .title = "A completed upload is no longer listed",
                    .level = Level::must,
                    .source = recording + " (list-all-uploads-completed)",
                    .cost = {4, 4},
                    .body = completed_is_gone});
  checks.push_back({.id = "multipart.list-uploads.encoding-type",
                    .title = "encoding-type=url encodes the keys, space as +",
                    .level = Level::should,
                    .source = api + " (encoding-type)",
                    .cost = {2},
                    .body = encoded});
  checks.push_back({.id = "multipart.list-uploads.prefix-twice",
                    .title = "Of two prefixes the first one counts",
                    .level = Level::quirk,
                    .source = measured_by_backlot,
                    .cost = {3},
                    .body = prefix_twice});
  checks.push_back({.id = "multipart.list-uploads.delimiter-empty",
                    .title = "An empty delimiter groups nothing, and is not told",
                    .level = Level::should,
                    .source = measured_by_backlot,
                    .cost = {2},
                    .body = empty_delimiter});
  checks.push_back({.id = "multipart.list-uploads.delimiter-of-none",
                    .title = "A delimiter that is in no key groups nothing, and is told",
                    .level = Level::should,
                    .source = api + " (delimiter)",
                    .cost = {2},
                    .body = delimiter_of_none});
}

}  // namespace partsmith::conformance::checks
