#pragma once
/// Ownership controls, the public access block and ACLs: kept, told and checked against each other as Amazon
/// S3 does. Whom they let in is in policies/acl_grants.h. Source: S3 user guide, "Controlling ownership of
/// objects and disabling ACLs for your bucket", "Blocking public access", "Canned ACL".

#include <optional>
#include <string>
#include <string_view>

#include <partsmith/protocol/xml.h>

#include "acl.h"
#include "visit.h"

namespace partsmith::server {

/// Buckets are made with this ownership since 2023: they take no ACLs.
inline constexpr std::string_view bucket_owner_enforced = "BucketOwnerEnforced";

struct PublicAccessBlock {
  bool block_public_acls = true;
  bool ignore_public_acls = true;
  bool block_public_policy = true;
  bool restrict_public_buckets = true;
};
inline constexpr PublicAccessBlock no_public_access_block{false, false, false, false};

/// Whether the bucket takes this ACL now: AccessControlListNotSupported (ACLs are disabled), AccessDenied
/// (public ones are blocked).
S3Result<void> check_bucket_takes(const Visit& visit, const Acl& acl);

/// What the request's headers say of a new object's ACL, as it is stored. The errors of named_acl() and
/// check_bucket_takes().
S3Result<std::string> requested_acl(const Visit& visit);

/// What x-amz-object-ownership and the ACL headers say of a new bucket. InvalidArgument,
/// InvalidBucketAclWithObjectOwnership, InvalidBucketAclWithBlockPublicAccessError, the errors of
/// named_acl().
struct NewBucketAccess {
  std::optional<std::string> ownership;  ///< nothing: the default
  std::string acl;                       ///< as it is stored
};
S3Result<NewBucketAccess> requested_access(const Visit& visit);

/// The stored documents' texts; an empty one says that the configuration was deleted, none that it is the
/// default.
std::string ownership_document(std::string_view ownership);
S3Result<std::string> parse_ownership(std::string_view document);
std::string public_access_block_document(const PublicAccessBlock& block);
S3Result<PublicAccessBlock> parse_public_access_block(std::string_view document);

}  // namespace partsmith::server
