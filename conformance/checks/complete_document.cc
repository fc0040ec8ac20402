/// CompleteMultipartUpload: bodies that are no list of parts.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

client::S3Request completion(const client::UploadAddress& upload, std::string document) {
  auto request = client::complete_multipart_upload(upload, {});
  request.body = std::move(document);
  return request;
}

struct BadDocument {
  std::string name;
  std::string title;
  std::string text;
  Level level;
  std::string source;
};

void add_bad_document(std::vector<Check>& checks, const BadDocument& bad) {
  checks.push_back({
      .id = "multipart.complete.document-" + bad.name,
      .title = bad.title + " is MalformedXML",
      .level = bad.level,
      .source = bad.source,
      .cost = {3, 4},
      .body =
          [text = bad.text](CheckContext& c) {
            const auto upload = c.create();
            c.part(upload, 1, "data");
            c.send(completion(upload, text))
                .error(400, "MalformedXML")
                .message(
                    "The XML you provided was not well-formed or did not validate against our published "
                    "schema");
          },
  });
}

void empty_body(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  c.send(completion(upload, "")).error(400, "InvalidRequest").message("You must specify at least one part");
  c.complete(upload, {part});
}

void empty_body_of_unknown_upload(CheckContext& c) {
  c.send(completion({c.bucket(), c.key(), "fakeid"}, ""))
      .error(404, "NoSuchUpload")
      .message(no_such_upload_message)
      .field("UploadId", "fakeid");
}

void no_parts_with_wrong_key(CheckContext& c) {
  auto upload = c.create();
  upload.key = c.key("another");
  c.send(client::complete_multipart_upload(upload, {})).error(404, "NoSuchUpload");
}

/// Lists part 1's ETag under another number.
client::S3Request completion_of(const client::UploadAddress& upload, const client::ListedPart& part,
                                const std::string& number) {
  return completion(upload, "<CompleteMultipartUpload><Part><PartNumber>" + number + "</PartNumber><ETag>" +
                                part.etag + "</ETag></Part></CompleteMultipartUpload>");
}

void number_zero(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  c.send(completion_of(upload, part, "0")).error(400, "InvalidArgument").message("PartNumber must be >= 1");
}

void number_10001(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  c.send(completion_of(upload, part, "10001")).error(400, "InvalidPart").field("PartNumber", "10001");
}

void no_namespace(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  c.send(completion(upload, "<CompleteMultipartUpload><Part><ETag>" + part.etag +
                                "</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>"))
      .status(200)
      .document("CompleteMultipartUploadResult")
      .has_element("ETag");
}

}  // namespace

void add_complete_document(std::vector<Check>& checks) {
  const std::string api = "S3 API: CompleteMultipartUpload; Error responses (MalformedXML)";
  add_bad_document(checks, {"cut-short", "A document that breaks off",
                            "<CompleteMultipartUpload><Part><PartNumber>1", Level::must, api});
  add_bad_document(checks, {"no-xml", "A body that is no XML", "PartNumber=1", Level::must, api});
  add_bad_document(
      checks, {"other-root", "A document of another kind", "<Delete><Part/></Delete>", Level::should, api});
  add_bad_document(
      checks, {"no-etag", "A part without its ETag",
               "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
               Level::should, api});
  add_bad_document(checks,
                   {"no-parts", "A list without parts", "<CompleteMultipartUpload></CompleteMultipartUpload>",
                    Level::should, api + "; reported: ceph/s3-tests (test_multipart_upload_empty)"});
  checks.push_back({.id = "multipart.complete.document-number-zero",
                    .title = "A listed part number of 0 is InvalidArgument",
                    .level = Level::should,
                    .source = "reported: versitygw#1072",
                    .cost = {3, 4},
                    .body = number_zero});
  checks.push_back({.id = "multipart.complete.document-number-10001",
                    .title = "A listed part number of 10,001 is InvalidPart",
                    .level = Level::should,
                    .source = "reported: versitygw#1072",
                    .cost = {3, 4},
                    .body = number_10001});
  checks.push_back({.id = "multipart.complete.document-empty",
                    .title = "An empty body is InvalidRequest, not MalformedXML, and the upload goes on",
                    .level = Level::should,
                    .source = "recording: multipart-complete-too-small (complete-exc-no-parts)",
                    .cost = {4, 4},
                    .body = empty_body});
  checks.push_back({.id = "multipart.complete.document-empty-unknown-upload",
                    .title = "An unknown upload is told before an empty body",
                    .level = Level::should,
                    .source = "recording: multipart-no-such-upload (complete-exc)",
                    .cost = {1},
                    .body = empty_body_of_unknown_upload});
  checks.push_back(
      {.id = "multipart.complete.document-no-parts-wrong-key",
       .title = "A wrong key is told before a list without parts",
       .level = Level::should,
       .source = "recording: multipart-upload-id-with-wrong-key (complete-multipart-wrong-key-name)",
       .cost = {2},
       .body = no_parts_with_wrong_key});
  checks.push_back({.id = "multipart.complete.document-no-namespace",
                    .title = "A list without a namespace, its elements in any order, is understood",
                    .level = Level::should,
                    .source = "inferred: S3 API: CompleteMultipartUpload (examples)",
                    .cost = {3, 4},
                    .body = no_namespace});
}

}  // namespace partsmith::conformance::checks
