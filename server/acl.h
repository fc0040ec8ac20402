#pragma once
/// Access control lists: what they grant and to whom, and the three ways in which a request says so: a canned
/// ACL, x-amz-grant-* headers, a document. Who may do what by them is in policies/acl_grants.h.
/// Source: S3 user guide, "Access control list (ACL) overview"; S3 API reference, PutBucketAcl, PutObjectAcl;
/// recordings bucket-acl*, object-acl*.

#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/headers.h>

#include "visit.h"

namespace partsmith::server {

enum class Permission { full_control, read, write, read_acp, write_acp };

struct Grant {
  enum class Grantee { user, group };
  Grantee grantee;
  std::string name;  ///< canonical user ID, or URI of the group
  Permission permission;

  bool operator==(const Grant&) const = default;
};

/// The user that everyone is who signs nothing. What it writes stays its own to overwrite and delete.
inline constexpr std::string_view nobody_id = "65a011a29cdf8ec533ec3d1ccaae921c";

/// The owner is always the one account.
struct Acl {
  std::vector<Grant> grants;  ///< at most max_grants, in the order in which they are told

  bool operator==(const Acl&) const = default;
};

/// Source: S3 user guide, "Access control list (ACL) overview": "An ACL can have up to 100 grants".
inline constexpr std::size_t max_grants = 100;

/// FULL_CONTROL for the account, and nothing else.
Acl acl_of_the_owner_alone();
bool is_the_owners_alone(const Acl& acl);
/// Whether everyone, or everyone who has an account, is granted something.
bool is_public(const Acl& acl);

/// Of an object that nobody signed for.
Acl with_nobody(Acl acl);
bool is_nobodys(const Acl& acl);
/// Whether everyone, who needs no account, is granted it.
bool grants_everyone(const Acl& acl, Permission permission);

enum class AclTarget { bucket, object };

/// What a request's headers say.
struct NamedAcl {
  bool named = false;  ///< by x-amz-acl or a grant header
  Acl acl = acl_of_the_owner_alone();
  /// Taken also where ACLs are disabled: none is named, or what the account has anyway.
  bool harmless = true;
};
/// InvalidArgument (canned ACL, grantee), InvalidRequest (both ways), UnresolvableGrantByEmailAddress.
S3Result<NamedAcl> named_acl(const protocol::Headers& headers, AclTarget target);

/// `<AccessControlPolicy>` of a request. MalformedACLError, InvalidArgument, UnresolvableGrantByEmailAddress.
S3Result<Acl> parse_acl(std::string_view document);
std::string acl_document(const Acl& acl);

/// As it is stored: empty for the owner alone, the name of a canned ACL (older stores) or a document.
Acl acl_from_stored(std::string_view text);
std::string stored_acl(const Acl& acl);

}  // namespace partsmith::server
