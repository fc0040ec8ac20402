#pragma once
/// What went wrong on the way to the upstream, as S3's errors.

#include <partsmith/protocol/error.h>
#include <partsmith/server/upstream.h>

#include "outcome.h"

namespace partsmith::server {

/// ServiceUnavailable, which clients try again; the log has the cause.
inline protocol::S3Error s3_error(const UpstreamFailure& failure) {
  protocol::S3Error error(protocol::ErrorCode::ServiceUnavailable);
  error.log_detail = "the upstream: " + failure.detail;
  return error;
}

}  // namespace partsmith::server
