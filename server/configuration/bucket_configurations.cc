#include "configuration/bucket_configurations.h"

namespace partsmith::server {

using storage::BucketDocument;

template <typename Value, typename Parse>
BucketConfigurations::Read<Value> BucketConfigurations::read(const BucketName& bucket, BucketDocument kind,
                                                             Parse parse) {
  using Shared = std::shared_ptr<const Value>;
  const std::uint64_t revision = store_.bucket_documents_revision();
  const auto key = std::pair(bucket.text(), kind);
  {
    const std::scoped_lock lock(mutex_);
    const auto found = kept_.find(key);
    if (found != kept_.end() && found->second.revision == revision)
      return std::get<Shared>(found->second.parsed);
  }
  const auto document = store_.bucket_document(bucket, kind);
  if (!document) return std::unexpected(document.error());
  Shared parsed;
  if (*document) {
    S3Result<Value> value = parse(**document);
    if (!value) {
      return std::unexpected(storage::StoreError{
          storage::StoreErrorCode::damaged, "a configuration of bucket " + bucket.text() + " is unreadable"});
    }
    parsed = std::make_shared<const Value>(*std::move(value));
  }
  const std::scoped_lock lock(mutex_);
  if (kept_.size() >= most_kept) kept_.clear();
  kept_[key] = Kept{revision, parsed};
  return parsed;
}

BucketConfigurations::Read<std::vector<CorsRule>> BucketConfigurations::cors(const BucketName& bucket) {
  return read<std::vector<CorsRule>>(bucket, BucketDocument::cors, parse_cors);
}

BucketConfigurations::Read<BucketEncryption> BucketConfigurations::encryption(const BucketName& bucket) {
  return read<BucketEncryption>(bucket, BucketDocument::encryption, parse_bucket_encryption);
}

BucketConfigurations::Read<std::vector<LifecycleRule>> BucketConfigurations::lifecycle(
    const BucketName& bucket) {
  return read<std::vector<LifecycleRule>>(bucket, BucketDocument::lifecycle, [](const std::string& stored) {
    return parse_lifecycle(lifecycle_from_stored(stored).document);
  });
}

BucketConfigurations::Read<ObjectLock> BucketConfigurations::object_lock(const BucketName& bucket) {
  return read<ObjectLock>(bucket, BucketDocument::object_lock, parse_object_lock);
}

BucketConfigurations::Read<BucketPolicy> BucketConfigurations::policy(const BucketName& bucket) {
  return read<BucketPolicy>(bucket, BucketDocument::policy, [&](const std::string& stored) {
    return parse_bucket_policy(stored, bucket.text());
  });
}

BucketConfigurations::Read<std::string> BucketConfigurations::ownership(const BucketName& bucket) {
  return read<std::string>(bucket, BucketDocument::ownership_controls, [](const std::string& stored) {
    return stored.empty() ? S3Result<std::string>(std::string()) : parse_ownership(stored);
  });
}

storage::Result<PublicAccessBlock> BucketConfigurations::public_access_block(const BucketName& bucket) {
  const auto set =
      read<PublicAccessBlock>(bucket, BucketDocument::public_access_block, [](const std::string& stored) {
        return stored.empty() ? S3Result<PublicAccessBlock>(no_public_access_block)
                              : parse_public_access_block(stored);
      });
  if (!set) return std::unexpected(set.error());
  return *set ? **set : initial_public_access_block();
}

std::shared_ptr<BucketConfigurations> configurations_of(storage::Store& store, bool blocks_public_access) {
  return std::make_shared<BucketConfigurations>(store, blocks_public_access);
}

}  // namespace partsmith::server
