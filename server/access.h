#pragma once
/// Who may do what, as far as it can be said: ownership controls, the public access block and canned ACLs.
/// They are kept, told and checked against each other as Amazon S3 does; the one account here may do
/// everything, and anonymous requests are refused whatever an ACL grants. Source: S3 user guide, "Controlling
/// ownership of objects and disabling ACLs for your bucket", "Blocking public access", "Canned ACL".

#include <string>
#include <string_view>

#include <partsmith/protocol/xml.h>

#include "call.h"

namespace partsmith::server {

/// Buckets are made with this ownership since 2023: they take no ACLs.
inline constexpr std::string_view bucket_owner_enforced = "BucketOwnerEnforced";

struct PublicAccessBlock {
  bool block_public_acls = true;
  bool ignore_public_acls = true;
  bool block_public_policy = true;
  bool restrict_public_buckets = true;
};

/// Whether the canned ACL grants anything to others than the account.
bool is_public(std::string_view canned_acl);

/// What the request's x-amz-acl says of a new object, empty when it is the account's alone. InvalidArgument
/// (no canned ACL), AccessControlListNotSupported (the bucket takes none), AccessDenied (blocked),
/// NotImplemented (x-amz-grant-*, aws-exec-read).
S3Result<std::string> requested_acl(const Call& call);

/// x-amz-object-ownership of a new bucket, which has to allow the ACL that the request names.
/// InvalidArgument, InvalidBucketAclWithObjectOwnership, InvalidBucketAclWithBlockPublicAccessError,
/// NotImplemented.
S3Result<std::optional<std::string>> requested_ownership(const Call& call);

/// `<AccessControlPolicy>` with owner and grants.
std::string acl_document(std::string_view canned_acl);

/// The stored documents' texts; an empty one says that the configuration was deleted, none that it is the
/// default.
std::string ownership_document(std::string_view ownership);
S3Result<std::string> parse_ownership(std::string_view document);
std::string public_access_block_document(const PublicAccessBlock& block);
S3Result<PublicAccessBlock> parse_public_access_block(std::string_view document);

}  // namespace partsmith::server
