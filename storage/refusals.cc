#include "refusals.h"

#include <fmt/format.h>

#include <partsmith/storage/any_etag.h>

namespace partsmith::storage {
namespace {

std::unexpected<StoreError> precondition_failed(std::string detail) {
  return std::unexpected(StoreError{StoreErrorCode::precondition_failed, std::move(detail)});
}

}  // namespace

std::unexpected<StoreError> no_such_bucket(const BucketName& bucket) {
  return std::unexpected(StoreError{StoreErrorCode::no_such_bucket, bucket.text()});
}

std::unexpected<StoreError> no_such_key(const BucketName& bucket, const ObjectKey& key) {
  return std::unexpected(
      StoreError{StoreErrorCode::no_such_key, fmt::format("{}/{}", bucket.text(), key.text())});
}

std::unexpected<StoreError> no_such_upload(const UploadRef& ref) {
  return std::unexpected(
      StoreError{StoreErrorCode::no_such_upload,
                 fmt::format("{} of {}/{}", ref.id.text(), ref.bucket.text(), ref.key.text())});
}

std::expected<void, StoreError> check_condition(const WriteCondition& condition,
                                                const std::optional<ObjectRow>& existing,
                                                const BucketName& bucket, const ObjectKey& key) {
  if (condition.existed && !existing) {
    return std::unexpected(StoreError{StoreErrorCode::conflict, "the object was deleted meanwhile"});
  }
  if (condition.must_not_exist && existing) return precondition_failed("the object exists");
  return check_match(condition.must_match, existing, bucket, key);
}

std::expected<void, StoreError> check_match(const std::optional<ETag>& must_match,
                                            const std::optional<ObjectRow>& existing,
                                            const BucketName& bucket, const ObjectKey& key) {
  if (!must_match) return {};
  if (!existing || existing->info.delete_marker) return no_such_key(bucket, key);
  if (!fulfils(*must_match, existing->info.etag)) return precondition_failed("the ETag is another");
  return {};
}

}  // namespace partsmith::storage
