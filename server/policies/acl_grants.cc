#include "policies/acl_grants.h"

#include <algorithm>
#include <array>

#include "configuration/bucket_configurations.h"

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

/// Null: no ACL grants it.
const NeededGrant* needed_grant(std::string_view action) {
  const auto* const row = std::ranges::find(needed_grants, action, &NeededGrant::action);
  return row == needed_grants.end() ? nullptr : row;
}

}  // namespace

bool AclGrants::to_everyone(std::string_view action, const Target& resource) const {
  const NeededGrant* needed = needed_grant(action);
  const BucketName* bucket = bucket_of(resource);
  if (needed == nullptr || bucket == nullptr || !heeds_public_acls(*bucket)) return false;
  const auto* object = std::get_if<ObjectTarget>(&resource);
  return needed->of == AclTarget::bucket
             ? bucket_grants(*bucket, needed->permission) && (object == nullptr || !has_other_owner(*object))
             : object != nullptr && object_grants(*object, needed->permission);
}

/// What can't be read grants nothing.
bool AclGrants::heeds_public_acls(const BucketName& bucket) const {
  const auto ownership = configurations_.ownership(bucket);
  if (!ownership || !*ownership || **ownership == bucket_owner_enforced) return false;
  const auto block = configurations_.public_access_block(bucket);
  return block && !block->ignore_public_acls;
}

bool AclGrants::bucket_grants(const BucketName& bucket, Permission permission) const {
  const auto stored = store_.bucket_document(bucket, BucketDocument::acl);
  return stored && *stored && grants_everyone(acl_from_stored(**stored), permission);
}

/// WRITE lets everyone make new objects; an existing one only its owner may overwrite or delete by it.
/// Source: S3 API reference, x-amz-grant-write.
bool AclGrants::has_other_owner(const ObjectTarget& object) const {
  const auto found = store_.object(object.bucket, object.key, object.version);
  return found && !is_nobodys(acl_from_stored(found->attributes.acl));
}

/// Whoever may list the bucket is told of an object that isn't there; anybody else isn't.
bool AclGrants::object_grants(const ObjectTarget& object, Permission permission) const {
  const auto found = store_.object(object.bucket, object.key, object.version);
  if (found) return grants_everyone(acl_from_stored(found->attributes.acl), permission);
  const auto code = found.error().code;
  const bool missing = code == StoreErrorCode::no_such_key || code == StoreErrorCode::no_such_version ||
                       code == StoreErrorCode::is_delete_marker;
  return missing && bucket_grants(object.bucket, Permission::read);
}

}  // namespace partsmith::server
