/// Which part numbers there are.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

using client::upload_part;

struct BadNumber {
  std::string name;
  std::string text;
};

void add_bad_number(std::vector<Check>& checks, const BadNumber& bad) {
  checks.push_back({
      .id = "multipart.part.number-" + bad.name,
      .title = "Part number '" + bad.text + "' is InvalidArgument, naming it",
      .level = Level::should,
      .source = "inferred: S3 API: UploadPart (\"any number from 1 to 10,000, inclusive\"), Error responses "
                "(InvalidArgument)",
      .cost = {2, 4},
      .body =
          [text = bad.text](CheckContext& c) {
            const auto upload = c.create();
            c.send(upload_part(upload, text, "data"))
                .error(400, "InvalidArgument")
                .field("ArgumentName", "partNumber")
                .field("ArgumentValue", text);
          },
  });
}

void number_message(CheckContext& c) {
  const auto upload = c.create();
  c.send(upload_part(upload, "0", "data"))
      .message("Part number must be an integer between 1 and 10000, inclusive");
}

void highest_number(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 10'000, "data");
  c.send(client::list_parts(upload)).status(200).element("Part/PartNumber", "10000");
  c.complete(upload, {part}).element("ETag", "\"2068bfdec27f4616282c1124300f0ae6-1\"");
}

void without_number(CheckContext& c) {
  c.put("object", "old");
  const auto upload = c.create();
  auto request = c.request("PUT", "object");
  request.parameter("uploadId", upload.upload_id);
  request.body = "data";
  c.send(request)
      .error(405, "MethodNotAllowed")
      .field("Method", "PUT")
      .field("ResourceType", "UPLOAD")
      .header("Allow", "DELETE, POST, GET");
  c.send(c.get()).status(200).body("old");
}

void without_upload(CheckContext& c) {
  c.put("object", "old");
  auto request = c.request("PUT", "object");
  request.parameter("partNumber", "1");
  request.body = "data";
  c.send(request)
      .error(400, "InvalidArgument")
      .message("This operation does not accept partNumber without uploadId")
      .field("ArgumentName", "partNumber")
      .field("ArgumentValue", "partNumber");
  c.send(c.get()).status(200).body("old");
}

}  // namespace

void add_part_number(std::vector<Check>& checks) {
  add_bad_number(checks, {"zero", "0"});
  add_bad_number(checks, {"10001", "10001"});
  add_bad_number(checks, {"negative", "-1"});
  add_bad_number(checks, {"word", "one"});
  checks.push_back({.id = "multipart.part.number-message",
                    .title = "The message about a bad part number names the limits",
                    .level = Level::text,
                    .source = "inferred: S3 API: UploadPart",
                    .cost = {2, 4},
                    .body = number_message});
  checks.push_back(
      {.id = "multipart.part.number-missing",
       .title = "A part without its number is 405 naming the methods of an upload, and no object",
       .level = Level::should,
       .source = "reported: versitygw#1236",
       .cost = {4, 10},
       .body = without_number});
  checks.push_back({.id = "multipart.part.number-without-upload",
                    .title = "A part number without an upload is InvalidArgument, and makes no object",
                    .level = Level::should,
                    .source = "reported: versitygw#1237",
                    .cost = {3, 10},
                    .body = without_upload});
  checks.push_back({.id = "multipart.part.number-10000",
                    .title = "Part number 10,000 is the highest, and needs no parts before it",
                    .level = Level::must,
                    .source = "S3 API: UploadPart; user guide: Amazon S3 multipart upload limits",
                    .cost = {4, 4},
                    .body = highest_number});
}

}  // namespace partsmith::conformance::checks
