#pragma once
/// Who may do what of a store: the account what no bucket policy denies it, anybody else what a bucket policy
/// allows or an ACL grants to everyone, and no policy denies. Source: S3 user guide, "How Amazon S3
/// authorizes a request", "Blocking public access to your Amazon S3 storage".

#include <partsmith/protocol/operations.h>
#include <partsmith/storage/store.h>

#include "authorisation.h"
#include "policies/acl_grants.h"

namespace partsmith::server {

struct BucketPolicy;

/// Whether only who has an account may do it, whatever is granted: uploads belong to one, and so does who
/// copies. Source: S3 user guide, "Multipart upload and permissions" (anonymous users can't initiate
/// uploads); reported: cortx-prvsnr#2908 (nor copy objects).
bool needs_account(protocol::OperationId operation);

class StorePolicy final : public Policy {
 public:
  /// Both outlive it.
  StorePolicy(storage::Store& store, BucketConfigurations& configurations)
      : store_(store), configurations_(configurations), acls_(store, configurations) {}

  S3Result<void> check(const Principal& principal, std::string_view action, const Target& resource,
                       const Circumstances& circumstances) const override;

 private:
  struct Asked;
  bool is_restricted(const BucketName& bucket, const BucketPolicy& policy) const;
  bool is_allowed(const BucketPolicy& policy, const Asked& asked) const;
  bool may_know(const BucketPolicy& policy, const Asked& asked) const;

  storage::Store& store_;
  BucketConfigurations& configurations_;
  AclGrants acls_;
};

}  // namespace partsmith::server
