#pragma once
/// Conditional requests: reads, writes and copies.
/// Source: S3 user guide, "Conditional requests"; recordings conditional-get-object and conditional-head-object.

#include <partsmith/storage/types.h>

#include "call.h"

namespace partsmith::server {

/// GET and HEAD: If-Match, then If-Unmodified-Since (PreconditionFailed), then If-None-Match and If-Modified-Since
/// (NotModified). A date in the future, or one that isn't a date, is ignored.
S3Result<void> check_read_conditions(const Call& call, const storage::ObjectInfo& object);

/// The four x-amz-copy-source-if-* headers (PreconditionFailed).
S3Result<void> check_copy_conditions(const Call& call, const storage::ObjectInfo& source);

/// If-None-Match: * and If-Match of a write. NotImplemented for both at once or another If-None-Match.
S3Result<storage::WriteCondition> write_condition(const Call& call);

}  // namespace partsmith::server
