#include "operations/answers.h"
#include "operations/operations.h"
#include "operations/uploads.h"

namespace partsmith::server {

Outcome abort_multipart_upload(Call& call) {
  const auto aborted = call.store().abort(upload_ref(call));
  if (!aborted) return refused(aborted.error(), call);
  return empty_answer(204);
}

}  // namespace partsmith::server
