#pragma once
/// What a bucket without Object Lock answers to those who speak of it; there are no others here. Source:
/// recordings retention-errors, legal-hold-errors, bypass-governance-without-object-lock.

#include "visit.h"

namespace partsmith::server {

/// x-amz-bucket-object-lock-enabled: false, which some SDKs send, is no; anything else is NotImplemented.
S3Result<void> refuse_new_lock(const protocol::Headers& headers);

/// The headers of an object that would be locked: what is wrong with them is told first (reported:
/// versitygw#1733, #1736, #1775, #2028, all of buckets without Object Lock), then that the bucket has no
/// Object Lock. InvalidArgument, InvalidRequest.
S3Result<void> refuse_lock_headers(const Visit& visit);

/// x-amz-bypass-governance-retention, whatever its value, where nothing is retained: InvalidArgument.
/// NoSuchBucket.
S3Result<void> refuse_governance_bypass(const Visit& visit);

}  // namespace partsmith::server
