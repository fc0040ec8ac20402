#include "acl_policy.h"

#include <algorithm>
#include <array>

#include "configuration/bucket_configurations.h"
#include "world.h"

namespace partsmith::server {
namespace {

using storage::BucketDocument;
using storage::StoreErrorCode;

/// What an ACL has to grant for an action.
struct NeededGrant {
  std::string_view action;
  AclTarget of;  ///< whose ACL
  Permission permission;
};
constexpr auto needed_grants = std::to_array<NeededGrant>({
    {"s3:ListBucket", AclTarget::bucket, Permission::read},
    {"s3:ListBucketVersions", AclTarget::bucket, Permission::read},
    {"s3:ListBucketMultipartUploads", AclTarget::bucket, Permission::read},
    {"s3:PutObject", AclTarget::bucket, Permission::write},
    {"s3:DeleteObject", AclTarget::bucket, Permission::write},
    {"s3:GetBucketAcl", AclTarget::bucket, Permission::read_acp},
    {"s3:PutBucketAcl", AclTarget::bucket, Permission::write_acp},
    {"s3:GetObject", AclTarget::object, Permission::read},
    {"s3:GetObjectVersion", AclTarget::object, Permission::read},
    {"s3:GetObjectAcl", AclTarget::object, Permission::read_acp},
    {"s3:GetObjectVersionAcl", AclTarget::object, Permission::read_acp},
    {"s3:PutObjectAcl", AclTarget::object, Permission::write_acp},
    {"s3:PutObjectVersionAcl", AclTarget::object, Permission::write_acp},
});

const BucketName* bucket_of(const Target& target) {
  if (const auto* bucket = std::get_if<BucketTarget>(&target)) return &bucket->bucket;
  if (const auto* object = std::get_if<ObjectTarget>(&target)) return &object->bucket;
  return nullptr;
}

/// Null: no ACL grants it.
const NeededGrant* needed_grant(std::string_view action) {
  const auto* const row = std::ranges::find(needed_grants, action, &NeededGrant::action);
  return row == needed_grants.end() ? nullptr : row;
}

}  // namespace

bool needs_account(protocol::OperationId operation) {
  using enum protocol::OperationId;
  constexpr std::array accounts_only{CreateMultipartUpload, UploadPart, UploadPartCopy,
                                     CompleteMultipartUpload, CopyObject};
  return std::ranges::find(accounts_only, operation) != accounts_only.end();
}

S3Result<void> AclPolicy::check(const Principal& principal, std::string_view action,
                                const Target& resource) const {
  if (!principal.is_anonymous()) return {};
  const NeededGrant* needed = needed_grant(action);
  const BucketName* bucket = bucket_of(resource);
  bool granted = false;
  if (needed != nullptr && bucket != nullptr && heeds_public_acls(*bucket)) {
    const auto* object = std::get_if<ObjectTarget>(&resource);
    granted =
        needed->of == AclTarget::bucket
            ? bucket_grants(*bucket, needed->permission) && (object == nullptr || !has_other_owner(*object))
            : object != nullptr && object_grants(*object, needed->permission);
  }
  if (granted) return {};
  return std::unexpected(protocol::S3Error(protocol::ErrorCode::AccessDenied));
}

/// What can't be read grants nothing.
bool AclPolicy::heeds_public_acls(const BucketName& bucket) const {
  const auto ownership = configurations_.ownership(bucket);
  if (!ownership || !*ownership || **ownership == bucket_owner_enforced) return false;
  const auto stored = configurations_.public_access_block(bucket);
  if (!stored) return false;
  const PublicAccessBlock block = *stored ? **stored : PublicAccessBlock{};
  return !block.ignore_public_acls;
}

bool AclPolicy::bucket_grants(const BucketName& bucket, Permission permission) const {
  const auto stored = store_.bucket_document(bucket, BucketDocument::acl);
  return stored && *stored && grants_everyone(acl_from_stored(**stored), permission);
}

/// WRITE lets everyone make new objects; an existing one only its owner may overwrite or delete by it.
/// Source: S3 API reference, x-amz-grant-write.
bool AclPolicy::has_other_owner(const ObjectTarget& object) const {
  const auto found = store_.object(object.bucket, object.key, object.version);
  return found && !is_nobodys(acl_from_stored(found->attributes.acl));
}

/// Whoever may list the bucket is told of an object that isn't there; anybody else isn't.
bool AclPolicy::object_grants(const ObjectTarget& object, Permission permission) const {
  const auto found = store_.object(object.bucket, object.key, object.version);
  if (found) return grants_everyone(acl_from_stored(found->attributes.acl), permission);
  const auto code = found.error().code;
  const bool missing = code == StoreErrorCode::no_such_key || code == StoreErrorCode::no_such_version ||
                       code == StoreErrorCode::is_delete_marker;
  return missing && bucket_grants(object.bucket, Permission::read);
}

std::shared_ptr<const Policy> acl_policy_of(storage::Store& store, BucketConfigurations& configurations) {
  return std::make_shared<AclPolicy>(store, configurations);
}

}  // namespace partsmith::server
