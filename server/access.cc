#include "access.h"

#include <algorithm>
#include <array>

#include "configuration/bucket_configurations.h"
#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

constexpr auto ownerships =
    std::to_array<std::string_view>({"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"});

bool is_object_ownership(std::string_view text) {
  return std::ranges::find(ownerships, text) != ownerships.end();
}

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

std::optional<bool> boolean(const protocol::XmlElement& element) {
  const std::string text = protocol::lower_case(protocol::trimmed(element.text));
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

/// Whether ACLs are disabled: all in the bucket is its owner's, whoever wrote it.
S3Result<bool> takes_no_acls(const Visit& visit) {
  const auto ownership = visit.world().configurations->ownership(visit.bucket());
  if (!ownership) return refused(ownership.error(), visit);
  return !*ownership || **ownership == bucket_owner_enforced;
}

}  // namespace

S3Result<NewBucketAccess> requested_access(const Visit& visit) {
  NewBucketAccess access;
  if (const auto header = visit.headers().get("x-amz-object-ownership")) {
    if (!is_object_ownership(*header)) {
      return std::unexpected(S3Error(ErrorCode::InvalidArgument,
                                     "Invalid x-amz-object-ownership header: " + std::string(*header))
                                 .with("ArgumentName", "x-amz-object-ownership"));
    }
    access.ownership = *header;
  }
  const auto named = named_acl(visit.headers(), AclTarget::bucket);
  if (!named) return std::unexpected(named.error());
  if (named->harmless) return access;
  if (access.ownership.value_or(std::string(bucket_owner_enforced)) == bucket_owner_enforced) {
    return std::unexpected(S3Error(ErrorCode::InvalidBucketAclWithObjectOwnership));
  }
  if (is_public(named->acl) &&
      visit.world().configurations->initial_public_access_block().block_public_acls) {
    return std::unexpected(S3Error(ErrorCode::InvalidBucketAclWithBlockPublicAccessError));
  }
  access.acl = stored_acl(named->acl);
  return access;
}

S3Result<void> check_bucket_takes(const Visit& visit, const Acl& acl) {
  const auto enforced = takes_no_acls(visit);
  if (!enforced) return std::unexpected(enforced.error());
  if (*enforced) return std::unexpected(S3Error(ErrorCode::AccessControlListNotSupported));
  if (!is_public(acl)) return {};
  const auto block = visit.world().configurations->public_access_block(visit.bucket());
  if (!block) return refused(block.error(), visit);
  if (block->block_public_acls) return std::unexpected(S3Error(ErrorCode::AccessDenied));
  return {};
}

S3Result<std::string> requested_acl(const Visit& visit) {
  const auto named = named_acl(visit.headers(), AclTarget::object);
  if (!named) return std::unexpected(named.error());
  if (!named->harmless) {
    if (auto ok = check_bucket_takes(visit, named->acl); !ok) return std::unexpected(std::move(ok.error()));
  }
  const Acl acl = named->harmless ? acl_of_the_owner_alone() : named->acl;
  if (!visit.principal().is_anonymous()) return stored_acl(acl);
  const auto enforced = takes_no_acls(visit);
  if (!enforced) return std::unexpected(enforced.error());
  return stored_acl(*enforced ? acl : with_nobody(acl));
}

std::string ownership_document(std::string_view ownership) {
  protocol::XmlWriter document("OwnershipControls");
  document.open("Rule").element("ObjectOwnership", ownership).close();
  return document.finish();
}

S3Result<std::string> parse_ownership(std::string_view document) {
  const auto root = protocol::parse_xml(document);
  if (!root || root->name != "OwnershipControls" || root->children.size() != 1) return malformed();
  const protocol::XmlElement& rule = root->children.front();
  if (rule.name != "Rule" || rule.children.size() != 1) return malformed();
  const auto* ownership = rule.child("ObjectOwnership");
  if (ownership == nullptr || !is_object_ownership(ownership->text)) return malformed();
  return ownership->text;
}

std::string public_access_block_document(const PublicAccessBlock& block) {
  protocol::XmlWriter document("PublicAccessBlockConfiguration");
  document.element("BlockPublicAcls", block.block_public_acls)
      .element("IgnorePublicAcls", block.ignore_public_acls)
      .element("BlockPublicPolicy", block.block_public_policy)
      .element("RestrictPublicBuckets", block.restrict_public_buckets);
  return document.finish();
}

S3Result<PublicAccessBlock> parse_public_access_block(std::string_view document) {
  const auto root = protocol::parse_xml(document);
  if (!root || root->name != "PublicAccessBlockConfiguration") return malformed();
  PublicAccessBlock block{false, false, false, false};  // what isn't named is off
  for (const protocol::XmlElement& element : root->children) {
    bool* setting = element.name == "BlockPublicAcls"         ? &block.block_public_acls
                    : element.name == "IgnorePublicAcls"      ? &block.ignore_public_acls
                    : element.name == "BlockPublicPolicy"     ? &block.block_public_policy
                    : element.name == "RestrictPublicBuckets" ? &block.restrict_public_buckets
                                                              : nullptr;
    if (setting == nullptr) return malformed();
    const auto value = boolean(element);
    if (!value) return malformed();
    *setting = *value;
  }
  return block;
}

}  // namespace partsmith::server
