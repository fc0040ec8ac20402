#include "operations/answers.h"
#include "operations/operations.h"
#include "operations/uploads.h"

namespace partsmith::server {

Outcome abort_multipart_upload(Visit& visit) {
  const auto aborted = visit.store().abort(upload_ref(visit));
  if (!aborted) return refused(aborted.error(), visit);
  return empty_answer(204);
}

}  // namespace partsmith::server
