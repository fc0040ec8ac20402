/// AbortMultipartUpload.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

void answer(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "data");
  c.send(client::abort_multipart_upload(upload)).status(204).body("");
}

void gone_from_lists(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "data");
  c.send(client::abort_multipart_upload(upload)).status(204).required();
  auto list = client::list_multipart_uploads(c.bucket());
  list.parameter("prefix", c.prefix());
  c.send(list).status(200).elements("Upload", 0);
}

void leaves_the_object(CheckContext& c) {
  c.put("object", "what is there");
  const auto upload = c.create();
  c.part(upload, 1, "data");
  c.send(client::abort_multipart_upload(upload)).status(204);
  c.send(c.get()).status(200).body("what is there");
}

void leaves_other_uploads(CheckContext& c) {
  const auto one = c.create();
  const auto other = c.create();
  c.part(other, 1, "data");
  c.send(client::abort_multipart_upload(one)).status(204);
  c.send(client::list_parts(other)).status(200).elements("Part", 1);
}

}  // namespace

void add_abort(std::vector<Check>& checks) {
  const std::string api = "S3 API: AbortMultipartUpload";
  checks.push_back({.id = "multipart.abort.answer",
                    .title = "Aborting an upload answers 204 without a body",
                    .level = Level::must,
                    .source = api,
                    .cost = {3, 4},
                    .body = answer});
  checks.push_back({.id = "multipart.abort.gone-from-lists",
                    .title = "An aborted upload is no longer listed",
                    .level = Level::must,
                    .source = api + "; ListMultipartUploads",
                    .cost = {4, 4},
                    .body = gone_from_lists});
  checks.push_back({.id = "multipart.abort.leaves-the-object",
                    .title = "Aborting an upload leaves the object of that key",
                    .level = Level::must,
                    .source = api,
                    .cost = {5, 30},
                    .body = leaves_the_object});
  checks.push_back({.id = "multipart.abort.leaves-other-uploads",
                    .title = "Aborting an upload leaves other uploads of that key",
                    .level = Level::must,
                    .source = api,
                    .cost = {5, 4},
                    .body = leaves_other_uploads});
}

}  // namespace partsmith::conformance::checks
