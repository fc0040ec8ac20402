#pragma once
/// What ACLs grant to everyone. An ACL grants nothing where the bucket's ownership is BucketOwnerEnforced or
/// its public access block ignores public ACLs, and both are so from the start. Source: S3 user guide,
/// "Access control list (ACL) overview", mapping of ACL permissions and access policy permissions; recordings
/// anonymous-get-public-object, delete-objects-anonymous, cors-method-matching.

#include <partsmith/storage/store.h>

#include "acl.h"
#include "authorisation.h"

namespace partsmith::server {

class BucketConfigurations;

/// Safe from any thread.
class AclGrants {
 public:
  /// Both outlive it.
  AclGrants(storage::Store& store, BucketConfigurations& configurations)
      : store_(store), configurations_(configurations) {}

  /// Whether everyone may do it.
  bool to_everyone(std::string_view action, const Target& resource) const;

 private:
  bool heeds_public_acls(const BucketName& bucket) const;
  bool bucket_grants(const BucketName& bucket, Permission permission) const;
  bool has_other_owner(const ObjectTarget& object) const;
  bool object_grants(const ObjectTarget& object, Permission permission) const;

  storage::Store& store_;
  BucketConfigurations& configurations_;
};

}  // namespace partsmith::server
