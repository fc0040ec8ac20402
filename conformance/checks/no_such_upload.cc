/// Every operation on an upload that isn't there: never made, of another key, aborted, completed.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

using client::UploadAddress;
using MakeRequest = client::S3Request (*)(const UploadAddress&);

struct Operation {
  std::string name;
  MakeRequest request;
};

client::S3Request complete_with_a_part(const UploadAddress& upload) {
  return client::complete_multipart_upload(
      upload, std::vector{client::ListedPart{"1", "\"8d777f385d3dfec8815d20f7496026dc\"", {}}});
}

const Operation upload_part{
    "upload-part", [](const UploadAddress& upload) { return client::upload_part(upload, "1", "data"); }};
const Operation complete{"complete", complete_with_a_part};
const Operation abort{"abort",
                      [](const UploadAddress& upload) { return client::abort_multipart_upload(upload); }};
const Operation list_parts{"list-parts",
                           [](const UploadAddress& upload) { return client::list_parts(upload); }};

void expect_no_such_upload(CheckContext& c, const Operation& operation, const UploadAddress& upload) {
  c.send(operation.request(upload))
      .error(404, "NoSuchUpload")
      .message(no_such_upload_message)
      .field("UploadId", upload.upload_id);
}

/// How an upload comes not to be there.
struct Absence {
  std::string name;
  std::string title;
  std::uint64_t requests;
  UploadAddress (*make)(CheckContext&);
};

const Absence unknown{"unknown", "an upload ID that never was", 0,
                      [](CheckContext& c) -> UploadAddress { return {c.bucket(), c.key(), "fakeid"}; }};

const Absence wrong_key{"wrong-key", "an upload ID of another key", 1, [](CheckContext& c) {
                          auto upload = c.create("test-multipart-key-validation");
                          upload.key = c.key("fake-key-name");
                          return upload;
                        }};

const Absence aborted{"aborted", "an aborted upload", 3, [](CheckContext& c) {
                        const auto upload = c.create();
                        c.part(upload, 1, "data");
                        c.send(client::abort_multipart_upload(upload)).status(204).required();
                        return upload;
                      }};

const Absence completed{"completed", "a completed upload", 3, [](CheckContext& c) {
                          const auto upload = c.create();
                          c.complete(upload, {c.part(upload, 1, "data")});
                          return upload;
                        }};

void add_one(std::vector<Check>& checks, const Operation& operation, const Absence& absence,
             std::string source) {
  checks.push_back({.id = "multipart.no-such-upload." + operation.name + "." + absence.name,
                    .title = operation.name + " with " + absence.title + " is NoSuchUpload, naming the ID",
                    .level = Level::must,
                    .source = std::move(source),
                    .cost = {absence.requests + 1, 8},
                    .body = [operation, absence](CheckContext& c) {
                      expect_no_such_upload(c, operation, absence.make(c));
                    }});
}

}  // namespace

void add_no_such_upload(std::vector<Check>& checks) {
  const std::string never = "recording: multipart-no-such-upload";
  const std::string key = "recording: multipart-upload-id-with-wrong-key";
  const std::string after_abort =
      "S3 API: AbortMultipartUpload (\"no additional parts can be uploaded\"); " + never;
  add_one(checks, upload_part, unknown, never + " (upload-exc)");
  add_one(checks, complete, unknown, never + " (complete-exc)");
  add_one(checks, abort, unknown, never + " (abort-exc)");
  add_one(checks, list_parts, unknown, "S3 API: Error responses (NoSuchUpload); " + never);
  add_one(checks, upload_part, wrong_key, key + " (upload-part-wrong-key-name)");
  add_one(checks, complete, wrong_key, key + " (complete-multipart-wrong-key-name)");
  add_one(checks, abort, wrong_key, key + " (abort-multipart-wrong-key-name)");
  add_one(checks, list_parts, wrong_key, key + " (list-parts-wrong-key-name)");
  add_one(checks, upload_part, aborted, after_abort);
  add_one(checks, complete, aborted, after_abort);
  add_one(checks, list_parts, aborted, after_abort);
  add_one(checks, upload_part, completed, "S3 API: CompleteMultipartUpload; " + never);
  add_one(checks, list_parts, completed,
          "recording: multipart-and-list-parts (list-part-after-complete-exc)");
}

}  // namespace partsmith::conformance::checks
