/// If-None-Match and If-Match at CompleteMultipartUpload.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

struct Open {
  client::UploadAddress upload;
  client::ListedPart part;
};

Open open_upload(CheckContext& c) {
  const auto upload = c.create();
  return {upload, c.part(upload, 1, "new content")};
}

Answer complete_if(CheckContext& c, const Open& open, std::string header, std::string value) {
  auto request = client::complete_multipart_upload(open.upload, std::vector{open.part});
  request.header(std::move(header), std::move(value));
  return c.send(request);
}

void none_match_holds(CheckContext& c) {
  const auto open = open_upload(c);
  complete_if(c, open, "If-None-Match", "*").status(200).document("CompleteMultipartUploadResult");
  c.send(c.get()).status(200).body("new content");
}

void none_match_fails(CheckContext& c) {
  c.put("object", "old content");
  const auto open = open_upload(c);
  complete_if(c, open, "If-None-Match", "*")
      .error(412, "PreconditionFailed")
      .field("Condition", "If-None-Match");
  c.send(c.get()).status(200).body("old content");
}

void refused_upload_lives(CheckContext& c) {
  c.put("object", "old content");
  const auto open = open_upload(c);
  complete_if(c, open, "If-None-Match", "*").error(412, "PreconditionFailed");
  c.send(client::list_parts(open.upload)).status(200).elements("Part", 1);
}

void match_holds(CheckContext& c) {
  const auto etag = c.put("object", "old content").header_value("ETag");
  const auto open = open_upload(c);
  complete_if(c, open, "If-Match", etag).status(200).document("CompleteMultipartUploadResult");
  c.send(c.get()).status(200).body("new content");
}

void match_fails(CheckContext& c) {
  c.put("object", "old content");
  const auto open = open_upload(c);
  complete_if(c, open, "If-Match", "\"d41d8cd98f00b204e9800998ecf8427e\"")
      .error(412, "PreconditionFailed")
      .field("Condition", "If-Match");
  c.send(c.get()).status(200).body("old content");
}

void match_of_nothing(CheckContext& c) {
  const auto open = open_upload(c);
  complete_if(c, open, "If-Match", "\"d41d8cd98f00b204e9800998ecf8427e\"").error(404, "NoSuchKey");
}

constexpr std::string_view conflict =
    "The conditional request cannot succeed due to a conflicting operation against this resource.";

void match_written_since(CheckContext& c) {
  c.put("object", "old content");
  const auto open = open_upload(c);
  const auto etag = c.put("object", "meanwhile").header_value("ETag");
  complete_if(c, open, "If-Match", etag)
      .error(409, "ConditionalRequestConflict")
      .message(conflict)
      .field("Condition", "If-Match")
      .field("Key", c.key());
  c.send(c.get()).status(200).body("meanwhile");
}

void match_of_what_was_overwritten(CheckContext& c) {
  const auto etag = c.put("object", "old content").header_value("ETag");
  const auto open = open_upload(c);
  c.put("object", "meanwhile");
  complete_if(c, open, "If-Match", etag).error(412, "PreconditionFailed").field("Condition", "If-Match");
  c.send(c.get()).status(200).body("meanwhile");
}

void match_deleted_since(CheckContext& c) {
  const auto etag = c.put("object", "old content").header_value("ETag");
  const auto open = open_upload(c);
  c.send(c.request("DELETE", "object")).status(204).required();
  complete_if(c, open, "If-Match", etag).error(404, "NoSuchKey").field("Key", c.key());
}

void none_match_deleted_since(CheckContext& c) {
  c.put("object", "old content");
  const auto open = open_upload(c);
  c.send(c.request("DELETE", "object")).status(204).required();
  complete_if(c, open, "If-None-Match", "*").error(409, "ConditionalRequestConflict");
  c.send(c.get()).error(404, "NoSuchKey");
}

void match_put_again(CheckContext& c) {
  c.put("object", "old content");
  const auto open = open_upload(c);
  c.send(c.request("DELETE", "object")).status(204).required();
  const auto etag = c.put("object", "old content").header_value("ETag");
  complete_if(c, open, "If-Match", etag).error(409, "ConditionalRequestConflict").message(conflict);
  c.send(c.get()).status(200).body("old content");
}

}  // namespace

void add_complete_conditional(std::vector<Check>& checks) {
  const std::string source =
      "user guide: How to prevent object overwrites with conditional writes; S3 API: "
      "CompleteMultipartUpload";
  checks.push_back({.id = "multipart.complete.if-none-match-holds",
                    .title = "If-None-Match: * completes where there is no object",
                    .level = Level::must,
                    .source = source + " (If-None-Match)",
                    .cost = {4, 22},
                    .body = none_match_holds});
  checks.push_back({.id = "multipart.complete.if-none-match-fails",
                    .title = "If-None-Match: * over an object is PreconditionFailed and leaves it",
                    .level = Level::must,
                    .source = source + " (If-None-Match)",
                    .cost = {5, 33},
                    .body = none_match_fails});
  checks.push_back({.id = "multipart.complete.if-none-match-leaves-upload",
                    .title = "An upload refused with 412 goes on",
                    .level = Level::should,
                    .source = source + " (If-None-Match)",
                    .cost = {5, 22},
                    .body = refused_upload_lives});
  checks.push_back({.id = "multipart.complete.if-match-holds",
                    .title = "If-Match with the object's ETag replaces it",
                    .level = Level::must,
                    .source = source + " (If-Match)",
                    .cost = {5, 33},
                    .body = match_holds});
  checks.push_back({.id = "multipart.complete.if-match-fails",
                    .title = "If-Match with another ETag is PreconditionFailed and leaves the object",
                    .level = Level::must,
                    .source = source + " (If-Match)",
                    .cost = {5, 33},
                    .body = match_fails});
  checks.push_back({.id = "multipart.complete.if-match-of-nothing",
                    .title = "If-Match where there is no object is NoSuchKey",
                    .level = Level::should,
                    .source = source + " (If-Match: 404)",
                    .cost = {3, 11},
                    .body = match_of_nothing});
  const std::string overwritten = "recording: complete-upload-if-match-object-overwritten";
  const std::string deleted = "recording: complete-upload-if-match-object-deleted";
  checks.push_back(
      {.id = "multipart.complete.if-match-written-since",
       .title = "If-Match with the ETag of an object written after the upload began is a conflict",
       .level = Level::must,
       .source = overwritten + " (complete-multipart-if-match-put-during)",
       .cost = {6, 40},
       .body = match_written_since});
  checks.push_back({.id = "multipart.complete.if-match-overwritten",
                    .title = "If-Match with the ETag of what was overwritten meanwhile is PreconditionFailed",
                    .level = Level::must,
                    .source = overwritten + " (complete-multipart-if-match-put-before)",
                    .cost = {6, 40},
                    .body = match_of_what_was_overwritten});
  checks.push_back({.id = "multipart.complete.if-match-deleted-since",
                    .title = "If-Match with the ETag of what was deleted meanwhile is NoSuchKey",
                    .level = Level::must,
                    .source = deleted + " (complete-multipart-after-del)",
                    .cost = {5, 22},
                    .body = match_deleted_since});
  checks.push_back(
      {.id = "multipart.complete.if-none-match-deleted-since",
       .title = "If-None-Match: * where an object was deleted since the upload began is a conflict",
       .level = Level::quirk,
       .source = "user guide: How to prevent object overwrites with conditional writes",
       .cost = {6, 33},
       .body = none_match_deleted_since});
  checks.push_back({.id = "multipart.complete.if-match-put-again",
                    .title = "If-Match of an object that was deleted and put again meanwhile is a conflict",
                    .level = Level::must,
                    .source = deleted + " (complete-multipart-if-match-after-put)",
                    .cost = {7, 44},
                    .body = match_put_again});
}

}  // namespace partsmith::conformance::checks
