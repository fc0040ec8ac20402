#pragma once
/// Who may do what of a store: the account everything, anybody else what ACLs grant to everyone. An ACL
/// grants nothing where the bucket's ownership is BucketOwnerEnforced or its public access block ignores
/// public ACLs, and both are so from the start. Source: S3 user guide, "Access control list (ACL) overview",
/// mapping of ACL permissions and access policy permissions; recordings anonymous-get-public-object,
/// delete-objects-anonymous, cors-method-matching.

#include <memory>

#include <partsmith/protocol/operations.h>
#include <partsmith/storage/store.h>

#include "acl.h"
#include "authorisation.h"

namespace partsmith::server {

class BucketConfigurations;

/// Whether only who has an account may do it, whatever an ACL grants: uploads belong to one, and so does who
/// copies. Source: S3 user guide, "Multipart upload and permissions" (anonymous users can't initiate
/// uploads); reported: cortx-prvsnr#2908 (nor copy objects).
bool needs_account(protocol::OperationId operation);

class AclPolicy final : public Policy {
 public:
  /// Both outlive it.
  AclPolicy(storage::Store& store, BucketConfigurations& configurations)
      : store_(store), configurations_(configurations) {}

  S3Result<void> check(const Principal& principal, std::string_view action,
                       const Target& resource) const override;

 private:
  bool heeds_public_acls(const BucketName& bucket) const;
  bool bucket_grants(const BucketName& bucket, Permission permission) const;
  bool has_other_owner(const ObjectTarget& object) const;
  bool object_grants(const ObjectTarget& object, Permission permission) const;

  storage::Store& store_;
  BucketConfigurations& configurations_;
};

}  // namespace partsmith::server
