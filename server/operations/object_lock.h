#pragma once
/// How versions of objects are locked: what requests say of it, and what they are told.
/// Source: recordings retention-*, legal-hold-*, default-retention, object-lock-header-validation,
/// bypass-governance-without-object-lock.

#include <partsmith/storage/types.h>

#include "payload.h"
#include "visit.h"

namespace partsmith::server {

/// x-amz-bucket-object-lock-enabled. InvalidArgument where it is neither true nor false.
S3Result<bool> wants_object_lock(const protocol::Headers& headers);

/// What the headers of a request say that makes a version. What is wrong with them is told first (reported:
/// versitygw#1733, #1736, #1775, #2028, all of buckets without Object Lock), then that the bucket has none.
/// InvalidArgument, InvalidRequest; AccessDenied; NotImplemented (event holds); NoSuchBucket.
struct LockHeaders {
  std::optional<storage::Retention> retention = {};
  std::optional<bool> legal_hold = {};
};
S3Result<LockHeaders> lock_headers(const Visit& visit);

/// How a version is retained that is made now in the bucket and doesn't say. What is wrong with the bucket is
/// for the operation to tell.
std::optional<storage::Retention> default_retention(const Visit& visit);

/// What will be locked comes with a digest of its bytes: InvalidRequest. Reported: versitygw#1776,
/// zio-s3#394 (a default retention of the bucket); of parts s3cmd#1436, go-cloud#3249.
enum class LockedBytes { object, part };
S3Result<void> require_digest_of_locked(const Visit& visit, LockedBytes bytes,
                                        const storage::ObjectAttributes& attributes,
                                        const PayloadDeclaration& declaration);

/// x-amz-bypass-governance-retention, whatever its value, where nothing can be retained: InvalidArgument.
/// NoSuchBucket.
S3Result<void> refuse_bypass_without_lock(const Visit& visit);

/// What that header overrides of the lock on `about`. Errors as above, and AccessDenied.
S3Result<storage::LockOverride> lock_override(const Visit& visit, const Target& about);

/// x-amz-object-lock-*, as far as the caller may know them. Source: S3 API reference, HeadObject.
void add_lock(protocol::Headers& headers, const Visit& visit, const storage::ObjectInfo& object);

}  // namespace partsmith::server
