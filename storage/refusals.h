#pragma once
/// The refusals that several operations share, with what was asked for in the detail.

#include <expected>

#include <partsmith/storage/error.h>
#include <partsmith/storage/types.h>

#include "rows.h"

namespace partsmith::storage {

std::unexpected<StoreError> no_such_bucket(const BucketName& bucket);
std::unexpected<StoreError> no_such_key(const BucketName& bucket, const ObjectKey& key);
std::unexpected<StoreError> no_such_upload(const UploadRef& ref);

/// Whether a new object may take the place of `existing`, which may be no object.
std::expected<void, StoreError> check_condition(const WriteCondition& condition,
                                                const std::optional<ObjectRow>& existing,
                                                const BucketName& bucket, const ObjectKey& key);
/// Whether `existing`, which may be no object, is what the condition names; no condition is fulfilled by
/// anything.
std::expected<void, StoreError> check_match(const std::optional<ETag>& must_match,
                                            const std::optional<ObjectRow>& existing,
                                            const BucketName& bucket, const ObjectKey& key);

}  // namespace partsmith::storage
