/// DeleteObject and DeleteObjects.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

/// With the MD5 that S3 wants of this body.
client::S3Request deleting_all(const CheckContext& c, const std::vector<std::string>& keys,
                               bool quiet = false) {
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "");
  std::string document = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (const auto& key : keys) document += "<Object><Key>" + protocol::xml_escaped(key) + "</Key></Object>";
  if (quiet) document += "<Quiet>true</Quiet>";
  document += "</Delete>";
  request.header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = std::move(document);
  return request;
}

void answer(CheckContext& c) {
  c.put("object", "data");
  c.send(deleting(c)).status(204).no_header("x-amz-delete-marker").no_header("x-amz-version-id").body("");
  c.send(c.get()).error(404, "NoSuchKey");
}

void missing(CheckContext& c) {
  c.send(deleting(c, "never there")).status(204).body("");
  c.send(c.get("never there")).error(404, "NoSuchKey");
}

void leaves_others(CheckContext& c) {
  c.put("photos", "a");
  c.put("photos/", "b");
  c.put("photos/one", "c");
  c.send(deleting(c, "photos/")).status(204);
  c.send(c.get("photos")).status(200).body("a");
  c.send(c.get("photos/one")).status(200).body("c");
}

void leaves_uploads(CheckContext& c) {
  c.put("object", "data");
  const auto upload = c.create();
  c.part(upload, 1, "part");
  c.send(deleting(c)).status(204);
  c.send(client::list_parts(upload)).status(200).elements("Part", 1);
}

void many(CheckContext& c) {
  std::vector<std::string> keys;
  for (const auto* name : {"1", "2", "3", "4", "5"}) {
    c.put(name, "This body document");
    keys.push_back(c.key(name));
  }
  auto deleted = c.send(deleting_all(c, keys));
  deleted.status(200)
      .document("DeleteResult")
      .header("Content-Type", "application/xml")
      .elements("Deleted", 5)
      .elements("Error", 0);
  std::set<std::string> told;
  for (int i = 1; i <= 5; ++i) told.insert(deleted.text("Deleted[" + std::to_string(i) + "]/Key"));
  deleted.expect(told == std::set<std::string>(keys.begin(), keys.end()), "each of the five keys as Deleted",
                 std::to_string(told.size()) + " different keys",
                 {"texts sorted", "Deleted/Key", lines(keys)});
  c.send(listing(c)).status(200).elements("Contents", 0);
}

void many_missing(CheckContext& c) {
  c.send(deleting_all(c, {c.key("dummy1")}))
      .status(200)
      .elements("Deleted", 1)
      .element("Deleted/Key", c.key("dummy1"));
}

void quiet(CheckContext& c) {
  c.put("there", "something");
  c.send(deleting_all(c, {c.key("there"), c.key("dummy1")}, true))
      .status(200)
      .document("DeleteResult")
      .elements("Deleted", 0)
      .elements("Error", 0);
  c.send(c.get("there")).error(404, "NoSuchKey");
}

void percent(CheckContext& c) {
  c.put("a%2Fb", "percent encoding");
  c.put("a/b", "another");
  c.send(deleting_all(c, {c.key("a%2Fb")})).status(200).element("Deleted/Key", c.key("a%2Fb"));
  c.send(c.get("a%2Fb")).error(404, "NoSuchKey");
  c.send(c.get("a/b")).status(200).body("another");
}

/// One key, with a condition of its own.
client::S3Request deleting_if(const CheckContext& c, const std::string& condition) {
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "");
  std::string document =
      "<Delete><Object><Key>" + protocol::xml_escaped(c.key()) + "</Key>" + condition + "</Object></Delete>";
  request.header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = std::move(document);
  return request;
}

void etag_fails(CheckContext& c) {
  c.put("object", "data");
  c.send(deleting_if(c, "<ETag>d41d8cd98f00b204e9800998ecf8427e</ETag>"))
      .status(200)
      .elements("Deleted", 0)
      .element("Error/Key", c.key())
      .element("Error/Code", "PreconditionFailed")
      .wording("Error/Message", "At least one of the pre-conditions you specified did not hold");
  c.send(c.get()).status(200).body("data");
}

void etag_holds(CheckContext& c) {
  c.put("object", "data");
  c.send(deleting_if(c, "<ETag>8d777f385d3dfec8815d20f7496026dc</ETag>")).status(200).elements("Deleted", 1);
  c.send(c.get()).error(404, "NoSuchKey");
}

void size_is_refused(CheckContext& c) {
  c.put("object", "data");
  c.send(deleting_if(c, "<Size>99</Size>")).error(400, "MalformedXML");
  c.send(c.get()).status(200).body("data");
}

void missing_bucket(CheckContext& c) {
  auto request = deleting_all(c, {"dummy1", "dummy2"});
  request.bucket = c.missing_bucket();
  c.send(request)
      .error(404, "NoSuchBucket")
      .message("The specified bucket does not exist")
      .field("BucketName", c.missing_bucket());
}

void malformed(CheckContext& c) {
  auto request = deleting_all(c, {});
  request.headers = {};
  request.body = "<Delete><Object><Key>a</Key>";
  request.header("Content-MD5", to_base64(md5(as_bytes("<Delete><Object><Key>a</Key>"))));
  c.send(request)
      .error(400, "MalformedXML")
      .message("The XML you provided was not well-formed or did not validate against our published schema");
}

void no_keys(CheckContext& c) {
  c.send(deleting_all(c, {})).error(400, "MalformedXML");
}

void too_many(CheckContext& c) {
  std::vector<std::string> keys;
  for (int i = 0; i <= 1000; ++i) keys.push_back("k" + std::to_string(i));
  c.send(deleting_all(c, keys)).error(400, "MalformedXML");
}

void wrong_md5(CheckContext& c) {
  c.put("object", "data");
  auto request = deleting_all(c, {c.key("object")});
  request.headers = {{"Content-MD5", "CYketZBSTjX8czcs3cXVlg=="}};
  c.send(request)
      .error(400, "BadDigest")
      .message("The Content-MD5 you specified did not match what we received.");
  c.send(c.get()).status(200).body("data");
}

}  // namespace

void add_object_delete(std::vector<Check>& checks) {
  const std::string api = "S3 API: DeleteObject";
  const std::string many_api = "S3 API: DeleteObjects";
  add_all(
      checks,
      {
          must("object.delete.answer", "A delete answers 204 without a body, and the object is gone",
               api + "; recording: presigned-wrong-signature-sigv4-path-style (delete-ok)", {3, 4}, answer),
          must("object.delete.missing", "Deleting what isn't there succeeds", api, {2}, missing),
          must("object.delete.leaves-others", "A delete leaves keys that begin alike", api, {6, 5},
               leaves_others),
          must("object.delete.leaves-uploads", "Deleting an object leaves uploads of its key",
               api + "; user guide: Uploading and copying objects using multipart upload", {5, 8},
               leaves_uploads),
          must("object.delete-many.answer", "DeleteObjects tells each key that it deleted",
               "recording: delete-objects-five", {7, 90 + 600}, many),
          must("object.delete-many.missing", "A key that isn't there counts as deleted",
               "recording: delete-objects-quiet; " + many_api, {1}, many_missing),
          must("object.delete-many.quiet", "With Quiet neither Deleted nor Error is told",
               "recording: delete-objects-quiet", {3, 9}, quiet),
          must("object.delete-many.percent", "Percent signs in keys are themselves",
               "recording: delete-objects-percent-keys", {5, 30}, percent),
          should("object.delete-many.etag-fails", "A key with another ETag than its own stays, with an Error",
                 "reported: versitygw#2112", {3, 8}, etag_fails),
          should("object.delete-many.etag-holds", "A key with its ETag is deleted",
                 "user guide: How to perform conditional deletes", {3, 4}, etag_holds),
          quirk("object.delete-many.size",
                "Size, which is for directory buckets, is refused and deletes nothing",
                "reported: ministack#1452, aws-sdk-js-v3#6857", {3, 8}, size_is_refused),
          must("object.delete-many.missing-bucket", "In a missing bucket it is NoSuchBucket",
               "recording: delete-objects-missing-bucket", {1}, missing_bucket),
          must("object.delete-many.malformed", "A document cut short is MalformedXML",
               many_api + ", Error responses (MalformedXML)", {1}, malformed),
          should("object.delete-many.no-keys", "A document without keys is MalformedXML", many_api, {1},
                 no_keys),
          should("object.delete-many.too-many", "More than 1,000 keys are MalformedXML", many_api,
                 {1, 400'000}, too_many),
          must("object.delete-many.md5-wrong",
               "A document that isn't that of Content-MD5 is BadDigest and deletes nothing",
               many_api + " (Content-MD5)", {3, 8}, wrong_md5),
      });
}

}  // namespace partsmith::conformance::checks
