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

}  // namespace

void add_archive(std::vector<Check>& checks) {
  add_all(checks,
          {
              should("object.restore", "An archived object can be restored, and tells so",
                     "recording: deep-archive-get-and-restore; S3 API: RestoreObject", {5, 9}, restored),
              should("object.restore.not-archived", "What isn't archived can't be restored",
                     "reported: moto pull request 4670 (RestoreObject on Amazon S3)", {2, 9}, not_archived),
          });
}

}  // namespace partsmith::conformance::checks
