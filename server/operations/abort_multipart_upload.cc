#include "operations/answers.h"
#include "operations/operations.h"
#include "operations/uploads.h"

namespace partsmith::server {

/// x-amz-if-match-initiated-time is for directory buckets. Source: S3 API reference, AbortMultipartUpload.
Outcome abort_multipart_upload(Call& call) {
  if (call.headers().has("x-amz-if-match-initiated-time")) {
    return std::unexpected(protocol::S3Error(protocol::ErrorCode::NotImplemented)
                               .with("Header", "x-amz-if-match-initiated-time"));
  }
  const auto aborted = call.store().abort(upload_ref(call));
  if (!aborted) return refused(aborted.error(), call);
  return empty_answer(204);
}

}  // namespace partsmith::server
