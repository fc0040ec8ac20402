#pragma once
/// What becomes of an upload that can't go on.

#include <partsmith/client/multipart_uploader.h>
#include <partsmith/client/objects.h>

namespace partsmith::client {

/// Aborts it, if it is to be aborted.
inline UploadTrouble give_up(S3Client& client, const UploadAddress& upload, ClientError error,
                             const RetryPolicy& retries, bool aborts) {
  UploadTrouble trouble{std::move(error), upload.upload_id, std::nullopt};
  if (!aborts) return trouble;
  // The caller's stop is no reason to leave the parts behind.
  const auto aborted = with_retries(retries, {}, [&] { return abort_upload(client, upload); });
  if (!aborted) trouble.abort = aborted.error();
  return trouble;
}

}  // namespace partsmith::client
