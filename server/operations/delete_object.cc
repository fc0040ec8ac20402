#include "operations/answers.h"
#include "operations/object_headers.h"
#include "operations/object_lock.h"
#include "operations/operations.h"

namespace partsmith::server {

Outcome delete_object(Call& call) {
  const auto version = named_version(call);
  if (!version) return std::unexpected(version.error());
  if (auto ok = refuse_governance_bypass(call); !ok) return std::unexpected(std::move(ok.error()));
  std::optional<ETag> must_match;
  if (const auto match = call.headers().get("if-match"); match && *match != "*") {
    must_match = ETag::from_client(*match);
  }
  const auto deleted = call.store().delete_object(*call.bucket, *call.key, must_match, *version);
  if (!deleted) return refused(deleted.error(), call);
  Response response = empty_answer(204);
  if (deleted->version) response.headers.add("x-amz-version-id", deleted->version->text());
  if (deleted->delete_marker) response.headers.add("x-amz-delete-marker", "true");
  return response;
}

}  // namespace partsmith::server
