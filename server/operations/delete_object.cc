#include "operations/answers.h"
#include "operations/conditions.h"
#include "operations/object_headers.h"
#include "operations/object_lock.h"
#include "operations/operations.h"

namespace partsmith::server {

Outcome delete_object(Visit& visit) {
  const auto version = named_version(visit);
  if (!version) return std::unexpected(version.error());
  const auto override = lock_override(visit, visit.target());
  if (!override) return std::unexpected(override.error());
  const auto condition = delete_condition(visit);
  if (!condition) return std::unexpected(condition.error());
  const auto deleted =
      visit.store().delete_object(visit.bucket(), visit.key(), *condition, *version, *override);
  if (!deleted) return refused(deleted.error(), visit);
  Response response = empty_answer(204);
  if (deleted->version) response.headers.add("x-amz-version-id", deleted->version->text());
  if (deleted->delete_marker) response.headers.add("x-amz-delete-marker", "true");
  return response;
}

}  // namespace partsmith::server
