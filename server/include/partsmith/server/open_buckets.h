#pragma once
/// Buckets that everyone may use, without keys.

#include <partsmith/storage/store.h>

namespace partsmith::server {

struct Opening {
  bool reads = false;   ///< list the bucket and read its objects
  bool writes = false;  ///< put and delete objects
};

/// Gives the bucket a policy that says so, in place of one that it has, and no public access block, which
/// would stand against it. The store's errors.
storage::Result<void> open_to_everyone(storage::Store& store, const BucketName& bucket, Opening opening);

}  // namespace partsmith::server
