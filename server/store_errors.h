#pragma once
/// Turns what a store refuses into S3's errors: the only place that does.

#include <partsmith/protocol/error.h>
#include <partsmith/storage/error.h>

#include "visit.h"

namespace partsmith::server {

/// The error with the fields that S3 adds for what it is about (BucketName, Key) and for the request
/// (UploadId …). Failures of the machine become InternalError or SlowDown; their cause goes to the log
/// through S3Error::log_detail.
protocol::S3Error s3_error(const storage::StoreError& error, const Visit& visit, const Target& about);

/// What deletes a version that is locked, or lets its lock end sooner, is told this (recorded:
/// retention-governance, legal-hold-stops-delete).
protocol::S3Error object_is_locked();

}  // namespace partsmith::server
