#include "operations/answers.h"
#include "operations/conditions.h"
#include "operations/object_headers.h"
#include "operations/object_lock.h"
#include "operations/operations.h"

namespace partsmith::server {

Outcome delete_object(Call& call) {
  const auto version = named_version(call);
  if (!version) return std::unexpected(version.error());
  if (auto ok = refuse_governance_bypass(call); !ok) return std::unexpected(std::move(ok.error()));
  const auto condition = delete_condition(call);
  if (!condition) return std::unexpected(condition.error());
  const auto deleted = call.store().delete_object(*call.bucket, *call.key, *condition, *version);
  if (!deleted) return refused(deleted.error(), call);
  Response response = empty_answer(204);
  if (deleted->version) response.headers.add("x-amz-version-id", deleted->version->text());
  if (deleted->delete_marker) response.headers.add("x-amz-delete-marker", "true");
  return response;
}

}  // namespace partsmith::server
