#include "operations/answers.h"
#include "operations/object_headers.h"
#include "operations/operations.h"

namespace partsmith::server {

Outcome delete_object(Call& call) {
  if (auto ok = refuse_other_versions(call); !ok) return std::unexpected(std::move(ok.error()));
  std::optional<ETag> must_match;
  if (const auto match = call.headers().get("if-match"); match && *match != "*") {
    must_match = ETag::from_client(*match);
  }
  const auto deleted = call.store().delete_object(*call.bucket, *call.key, must_match);
  if (!deleted) return refused(deleted.error(), call);
  return empty_answer(204);
}

}  // namespace partsmith::server
