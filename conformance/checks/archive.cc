/// Objects in archive classes, and their restored copies. What takes hours elsewhere isn't waited for.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

client::S3Request restoring(const CheckContext& c, std::string document) {
  auto request = c.request("POST", "object");
  request.parameter("restore", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = std::move(document);
  return request;
}

std::string for_a_day() {
  return "<RestoreRequest "
         "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Days>1</Days><GlacierJobParameters>"
         "<Tier>Bulk</Tier></GlacierJobParameters></RestoreRequest>";
}

/// Not every endpoint has the class.
void put_archived(CheckContext& c) {
  auto put = c.send(putting(c, "object", "body data").header("x-amz-storage-class", "DEEP_ARCHIVE"));
  if (put.answer().status == 400 || put.answer().status == 501)
    c.not_offered("the endpoint has no class DEEP_ARCHIVE");
  put.status(200).required();
}

void restored(CheckContext& c) {
  put_archived(c);
  c.send(c.get()).error(403, "InvalidObjectState").field("StorageClass", "DEEP_ARCHIVE");
  c.send(c.head()).status(200).no_header("x-amz-restore");
  auto restore = c.send(restoring(c, for_a_day()));
  skip_where_missing(c, restore, "restoration");
  restore.status(202).body("").required();
  auto head = c.send(c.head());
  const auto told = head.status(200).header_value("x-amz-restore");
  head.expect(told.starts_with("ongoing-request=\""), "x-amz-restore: ongoing-request=…", told,
              {"header fits", "x-amz-restore", "ongoing-request=\"*"});
}

void not_archived(CheckContext& c) {
  c.put("object", "body data");
  auto restore = c.send(restoring(c, for_a_day()));
  skip_where_missing(c, restore, "restoration");
  restore.error(403, "InvalidObjectState")
      .message("Restore is not allowed for the object's current storage class")
      .field("StorageClass", "STANDARD");
}

/// Put, restored, and whether the copy is still on its way, as HEAD tells it.
bool restoring_now(CheckContext& c) {
  put_archived(c);
  auto restore = c.send(restoring(c, for_a_day()));
  skip_where_missing(c, restore, "restoration");
  restore.status(202).required();
  auto head = c.send(c.head());
  head.status(200).has_header("x-amz-restore").required();
  return head.header_value("x-amz-restore").starts_with("ongoing-request=\"true\"");
}

/// While it is under way it has no end; afterwards it ends at a midnight.
void told_by(CheckContext& c, const std::string& method) {
  const bool under_way = restoring_now(c);
  if (under_way && method == "GET") c.skip("the endpoint takes hours to restore");
  auto answer = c.send(c.request(method, "object"));
  const auto told =
      answer.status(200).header("x-amz-storage-class", "DEEP_ARCHIVE").header_value("x-amz-restore");
  const std::string form = under_way ? "ongoing-request=\"true\""
                                     : "ongoing-request=\"false\", expiry-date=\"*, ## * #### 00:00:00 GMT\"";
  answer.expect(has_form(told, form), "x-amz-restore: " + form, told, {"header fits", "x-amz-restore", form});
}

void restored_again(CheckContext& c) {
  const bool under_way = restoring_now(c);
  auto again = c.send(restoring(c, for_a_day()));
  if (under_way) {
    again.error(409, "RestoreAlreadyInProgress");
  } else {
    again.status(200).body("");
  }
}

void copied_while_archived(CheckContext& c) {
  put_archived(c);
  c.send(copying(c, "copy", source_of(c, "object")))
      .error(403, "InvalidObjectState")
      .message("Operation is not valid for the source object's storage class")
      .field("StorageClass", "DEEP_ARCHIVE");
  c.send(c.head("copy")).status(404);
}

constexpr const char* optional_attributes = "x-amz-optional-object-attributes";

client::S3Request listing_of(const CheckContext& c, const std::string& kind) {
  if (kind == "v2") return listing(c);
  auto request = listing_v1(c);
  if (kind == "versions") request.parameter("versions");
  return request;
}

/// Of an object that is restored and one that never was, in this order.
void listed(CheckContext& c, const std::string& kind) {
  const bool under_way = restoring_now(c);
  c.put("plain", "data");
  const std::string entry = kind == "versions" ? "Version" : "Contents";
  c.send(listing_of(c, kind)).status(200).no_element(entry + "[1]/RestoreStatus");
  auto answer = c.send(listing_of(c, kind).header(optional_attributes, "RestoreStatus"));
  answer.status(200)
      .element(entry + "[1]/Key", c.key("object"))
      .element(entry + "[1]/RestoreStatus/IsRestoreInProgress", under_way ? "true" : "false")
      .element(entry + "[2]/Key", c.key("plain"))
      .no_element(entry + "[2]/RestoreStatus");
  const auto path = entry + "[1]/RestoreStatus/RestoreExpiryDate";
  if (under_way) {
    answer.no_element(path);
  } else {
    expect_time(answer, path);
  }
}

void other_attribute(CheckContext& c, const std::string& kind) {
  auto answer = c.send(listing_of(c, kind).header(optional_attributes, "Owner"));
  answer.error(400, "InvalidArgument").message("Invalid attribute name specified.");
}

}  // namespace

void add_archive(std::vector<Check>& checks) {
  const std::string source = "recording: deep-archive-get-and-restore; S3 API: HeadObject";
  add_all(checks,
          {
              should("object.restore", "An archived object can be restored, and tells so",
                     "recording: deep-archive-get-and-restore; S3 API: RestoreObject", {5, 9}, restored),
              should("object.restore.not-archived", "What isn't archived can't be restored",
                     "reported: moto pull request 4670 (RestoreObject on Amazon S3)", {2, 9}, not_archived),
              should("object.restore.head", "HEAD tells the end of a restored copy, and the object's class",
                     source + " (x-amz-restore)", {4, 9}, [](CheckContext& c) { told_by(c, "HEAD"); }),
              should("object.restore.get", "So does GET, which reads the copy", source + " (x-amz-restore)",
                     {4, 18}, [](CheckContext& c) { told_by(c, "GET"); }),
              should("object.restore.again", "A copy that is there is restored again with 200",
                     "S3 API: RestoreObject", {4, 9}, restored_again),
              should("object.restore.copy-source", "What isn't restored can't be copied",
                     "reported: s3cmd#193", {3, 9}, copied_while_archived),
          });
  for (const std::string kind : {"v2", "v1", "versions"}) {
    const std::string operation = kind == "v2"   ? "ListObjectsV2"
                                  : kind == "v1" ? "ListObjects"
                                                 : "ListObjectVersions";
    checks.push_back(should("object.restore.listed-" + kind,
                            operation + " tells the RestoreStatus of what is restored, when asked for it",
                            "S3 API: " + operation + " (x-amz-optional-object-attributes); RestoreStatus",
                            {6, 13}, [kind](CheckContext& c) { listed(c, kind); }));
    checks.push_back(quirk(
        "object.restore.other-attribute-" + kind, operation + " refuses to tell another optional attribute",
        "reported: noobaa/noobaa-core#8106", {1}, [kind](CheckContext& c) { other_attribute(c, kind); }));
  }
}

}  // namespace partsmith::conformance::checks
