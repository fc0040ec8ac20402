/// Requests that say which account the bucket has to belong to.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view guide = "user guide: Verifying bucket ownership with bucket owner condition";
constexpr std::string_view header = "x-amz-expected-bucket-owner";
constexpr std::string_view source_header = "x-amz-source-expected-bucket-owner";
/// The account of Amazon's examples: nobody's who runs this.
constexpr std::string_view another = "111122223333";

client::S3Request expecting(client::S3Request request, std::string_view name = header) {
  request.header(std::string(name), std::string(another));
  return request;
}

void expect_denied(Answer answer) {
  answer.error(403, "AccessDenied");
}

void create(CheckContext& c) {
  c.create("of-the-right-owner");
  expect_denied(c.send(expecting(client::create_multipart_upload(c.bucket(), c.key()))));
}

void part(CheckContext& c) {
  const auto upload = c.create();
  expect_denied(c.send(expecting(client::upload_part(upload, "1", "data"))));
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

void part_copy(CheckContext& c, std::string_view name) {
  c.put("source", "data");
  const auto upload = c.create();
  expect_denied(c.send(expecting(client::upload_part_copy(upload, "1", c.bucket(), c.key("source")), name)));
  c.send(client::list_parts(upload)).status(200).elements("Part", 0);
}

void complete(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  expect_denied(c.send(expecting(client::complete_multipart_upload(upload, std::vector{part}))));
  c.complete(upload, {part});
}

void abort(CheckContext& c) {
  const auto upload = c.create();
  expect_denied(c.send(expecting(client::abort_multipart_upload(upload))));
  c.send(client::list_parts(upload)).status(200);
}

void lists(CheckContext& c) {
  const auto upload = c.create();
  expect_denied(c.send(expecting(client::list_parts(upload))));
  auto uploads = client::list_multipart_uploads(c.bucket());
  uploads.parameter("prefix", c.prefix());
  expect_denied(c.send(expecting(uploads)));
}

void put(CheckContext& c) {
  c.put("object", "before");
  expect_denied(c.send(expecting(putting(c, "object", "data"))));
  c.send(c.get()).status(200).body("before");
}

void get(CheckContext& c) {
  c.put("object", "data");
  expect_denied(c.send(expecting(c.get())));
  c.send(expecting(c.head())).status(403).body("");
}

void remove(CheckContext& c) {
  c.put("object", "data");
  expect_denied(c.send(expecting(deleting(c))));
  c.send(c.get()).status(200).body("data");
}

void copy(CheckContext& c) {
  c.put("source", "data");
  expect_denied(c.send(expecting(copying(c, "copy", source_of(c, "source")), source_header)));
  c.send(c.get("copy")).error(404, "NoSuchKey");
}

void no_account(CheckContext& c) {
  c.put("object", "data");
  c.send(c.get().header(std::string(header), "nobody")).error(400, "InvalidBucketOwnerAWSAccountID");
}

}  // namespace

void add_expected_owner(std::vector<Check>& checks) {
  const std::string source = std::string(guide) + "; S3 API: ";
  const auto of = [&](std::string_view operation, std::string_view name = header) {
    return source + std::string(operation) + " (" + std::string(name) + ')';
  };
  add_all(
      checks,
      {
          must("multipart.expected-owner.create",
               "No upload is created in a bucket of another owner than expected: AccessDenied",
               of("CreateMultipartUpload"), {2}, create),
          must("multipart.expected-owner.part", "Nor is a part taken", of("UploadPart"), {3, 4}, part),
          must("multipart.expected-owner.copy", "Nor is a part copied", of("UploadPartCopy"), {4, 4},
               [](CheckContext& c) { part_copy(c, header); }),
          must("multipart.expected-owner.copy-source", "Nor is one copied from another's bucket",
               of("UploadPartCopy", source_header), {4, 4},
               [](CheckContext& c) { part_copy(c, source_header); }),
          must("multipart.expected-owner.complete",
               "Nor is an upload completed, which can be completed still", of("CompleteMultipartUpload"),
               {4, 4}, complete),
          must("multipart.expected-owner.abort", "Nor is one aborted", of("AbortMultipartUpload"), {3},
               abort),
          must("multipart.expected-owner.lists", "Nor are parts and uploads listed",
               of("ListParts") + "; ListMultipartUploads", {3}, lists),
          must("object.expected-owner.put", "Nor is an object put", of("PutObject"), {3, 16}, put),
          must("object.expected-owner.get", "Nor is one read", of("GetObject") + "; HeadObject", {3, 4}, get),
          must("object.expected-owner.delete", "Nor is one deleted", of("DeleteObject"), {3, 8}, remove),
          must("object.expected-owner.copy-source", "Nor is one copied from another's bucket",
               of("CopyObject", source_header), {3, 4}, copy),
          should("object.expected-owner.no-account",
                 "An owner that is no account number is InvalidBucketOwnerAWSAccountID",
                 "S3 API: Error responses (InvalidBucketOwnerAWSAccountID)", {2, 4}, no_account),
      });
}

}  // namespace partsmith::conformance::checks
