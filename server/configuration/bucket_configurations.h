#pragma once
/// What the buckets of a world are configured with, read and parsed once: as long as no document of the store
/// has changed, none is read again. A stored document that can't be read is damage of the store, whatever it
/// is about.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <partsmith/storage/store.h>

#include "access.h"
#include "configuration/bucket_encryption.h"
#include "configuration/cors.h"
#include "configuration/lifecycle.h"
#include "configuration/object_lock.h"
#include "policies/bucket_policy.h"

namespace partsmith::server {

/// Safe from any thread.
class BucketConfigurations {
 public:
  /// Null: the bucket has none of that kind. The store's errors, and damaged.
  template <typename Value>
  using Read = storage::Result<std::shared_ptr<const Value>>;

  /// `store` outlives it. `blocks_public_access` says what buckets do of which nothing was set.
  BucketConfigurations(storage::Store& store, bool blocks_public_access)
      : store_(store), blocks_public_access_(blocks_public_access) {}

  Read<std::vector<CorsRule>> cors(const BucketName& bucket);
  Read<BucketEncryption> encryption(const BucketName& bucket);
  Read<std::vector<LifecycleRule>> lifecycle(const BucketName& bucket);
  Read<ObjectLock> object_lock(const BucketName& bucket);
  Read<BucketPolicy> policy(const BucketName& bucket);
  /// Empty where the controls were deleted.
  Read<std::string> ownership(const BucketName& bucket);
  /// All off where the block was deleted.
  storage::Result<PublicAccessBlock> public_access_block(const BucketName& bucket);
  /// Of a bucket of which nothing was set.
  PublicAccessBlock initial_public_access_block() const {
    return blocks_public_access_ ? PublicAccessBlock{} : no_public_access_block;
  }

 private:
  static constexpr std::size_t most_kept = 1'000;

  using Parsed =
      std::variant<std::shared_ptr<const std::vector<CorsRule>>, std::shared_ptr<const BucketEncryption>,
                   std::shared_ptr<const std::vector<LifecycleRule>>, std::shared_ptr<const std::string>,
                   std::shared_ptr<const PublicAccessBlock>, std::shared_ptr<const BucketPolicy>,
                   std::shared_ptr<const ObjectLock>>;
  struct Kept {
    std::uint64_t revision;  ///< of the store's documents, before it was read
    Parsed parsed;
  };

  template <typename Value, typename Parse>
  Read<Value> read(const BucketName& bucket, storage::BucketDocument kind, Parse parse);

  storage::Store& store_;
  const bool blocks_public_access_;
  std::mutex mutex_;
  std::map<std::pair<std::string, storage::BucketDocument>, Kept> kept_;
};

}  // namespace partsmith::server
