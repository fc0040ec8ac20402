#pragma once
/// Buckets whose versions can be locked.

#include <partsmith/storage/store.h>

namespace partsmith::server {

/// Enables the bucket's versions and its Object Lock; what it retains by default stays as it is. The store's
/// errors.
storage::Result<void> lock_bucket(storage::Store& store, const BucketName& bucket);

}  // namespace partsmith::server
