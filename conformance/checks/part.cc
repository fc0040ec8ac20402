/// UploadPart: what it answers, and what sending a part again does.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

using client::list_parts;
using client::upload_part;

void etag_is_md5(CheckContext& c) {
  const auto upload = c.create();
  c.send(upload_part(upload, "1", repeated("upload-part-1", 5)))
      .status(200)
      .header("ETag", "\"3237c18681adb6a9d843c733ce249480\"")
      .body("");
}

void empty_part(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "");
  c.complete(upload, {part});
  c.send(c.head()).status(200).header("Content-Length", "0");
}

void sent_again(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "the first try");
  const auto second = c.part(upload, 1, "the second try, longer");
  c.send(list_parts(upload)).status(200).elements("Part", 1).element("Part/Size", "22");
  c.complete(upload, {second});
  c.send(c.get()).status(200).body("the second try, longer");
}

void replaced_etag(CheckContext& c) {
  const auto upload = c.create();
  const auto first = c.part(upload, 1, "the first try");
  c.part(upload, 1, "the second try, longer");
  c.send(client::complete_multipart_upload(upload, std::vector{first}))
      .error(400, "InvalidPart")
      .field("PartNumber", "1");
}

void uploads_are_apart(CheckContext& c) {
  const auto one = c.create();
  const auto other = c.create();
  c.part(one, 1, "for the one");
  c.send(list_parts(other)).status(200).elements("Part", 0);
}

}  // namespace

void add_part(std::vector<Check>& checks) {
  checks.push_back({.id = "multipart.part.etag",
                    .title = "A part's ETag is the quoted MD5 of its bytes; the answer has no body",
                    .level = Level::must,
                    .source = "recording: multipart-and-list-parts (upload-part)",
                    .cost = {2, 65},
                    .body = etag_is_md5});
  checks.push_back({.id = "multipart.part.empty",
                    .title = "The only part may be empty: there is no least size of the last part",
                    .level = Level::should,
                    .source = "user guide: Amazon S3 multipart upload limits",
                    .cost = {4},
                    .body = empty_part});
  checks.push_back({.id = "multipart.part.sent-again",
                    .title = "A part sent again under the same number replaces the first",
                    .level = Level::must,
                    .source = "S3 API: UploadPart (\"the previously uploaded part is overwritten\")",
                    .cost = {6, 100},
                    .body = sent_again});
  checks.push_back({.id = "multipart.part.replaced-etag",
                    .title = "The ETag of a replaced part no longer completes the upload",
                    .level = Level::must,
                    .source = "S3 API: UploadPart, CompleteMultipartUpload (InvalidPart)",
                    .cost = {4, 100},
                    .body = replaced_etag});
  checks.push_back({.id = "multipart.part.uploads-are-apart",
                    .title = "A part belongs to its upload, not to other uploads of the key",
                    .level = Level::must,
                    .source = "user guide: Uploading and copying objects using multipart upload",
                    .cost = {4, 11},
                    .body = uploads_are_apart});
}

}  // namespace partsmith::conformance::checks
