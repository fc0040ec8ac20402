#include "access.h"

#include <algorithm>
#include <array>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using storage::BucketDocument;

constexpr auto ownerships =
    std::to_array<std::string_view>({"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"});

/// `grants`: permissions for everyone or for those with an account, which is the group.
struct CannedAcl {
  std::string_view name;
  std::string_view group;
  bool read = false;
  bool write = false;
  bool expressible = true;  ///< its grants can be told
};

constexpr auto canned_acls = std::to_array<CannedAcl>({
    {"private", ""},
    {"public-read", "AllUsers", true},
    {"public-read-write", "AllUsers", true, true},
    {"authenticated-read", "AuthenticatedUsers", true},
    {"aws-exec-read", "", false, false, false},
    {"bucket-owner-read", ""},
    {"bucket-owner-full-control", ""},
});

bool is_object_ownership(std::string_view text) {
  return std::ranges::find(ownerships, text) != ownerships.end();
}

const CannedAcl* canned_acl(std::string_view name) {
  const auto* const row = std::ranges::find(canned_acls, name, &CannedAcl::name);
  return row == canned_acls.end() ? nullptr : row;
}

constexpr auto grant_headers =
    std::to_array<std::string_view>({"x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp",
                                     "x-amz-grant-write", "x-amz-grant-write-acp"});

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedXML));
}

std::unexpected<S3Error> header_not_implemented(std::string_view name) {
  return std::unexpected(S3Error(ErrorCode::NotImplemented).with("Header", std::string(name)));
}

std::optional<bool> boolean(const protocol::XmlElement& element) {
  const std::string text = protocol::lower_case(protocol::trimmed(element.text));
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

/// What a request's headers say of an ACL.
struct NamedAcl {
  const CannedAcl* acl = nullptr;
  std::string_view grant_header = {};  ///< the first one

  /// Allowed everywhere: the account keeps what it has.
  bool harmless() const {
    return grant_header.empty() &&
           (acl == nullptr || acl->name == "private" || acl->name == "bucket-owner-full-control");
  }
};

S3Result<NamedAcl> named_acl(const Call& call) {
  NamedAcl named;
  if (const auto name = call.headers().get("x-amz-acl")) {
    named.acl = canned_acl(*name);
    if (named.acl == nullptr) return invalid_argument("", "x-amz-acl", std::string(*name));
  }
  for (const std::string_view header : grant_headers) {
    if (call.headers().has(header)) {
      named.grant_header = header;
      break;
    }
  }
  return named;
}

/// What is in force.
S3Result<PublicAccessBlock> public_access_block(const Call& call) {
  const auto document = call.store().bucket_document(*call.bucket, BucketDocument::public_access_block);
  if (!document) return refused(document.error(), call);
  if (!*document) return PublicAccessBlock{};
  if ((*document)->empty()) return PublicAccessBlock{false, false, false, false};
  return parse_public_access_block(**document);
}

void write_grant(protocol::XmlWriter& document, std::string_view type, std::string_view name,
                 std::string_view grantee, std::string_view permission) {
  document.open("Grant")
      .open("Grantee",
            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"" + std::string(type) + '"')
      .element(name, grantee)
      .close()
      .element("Permission", permission)
      .close();
}

}  // namespace

bool is_public(std::string_view name) {
  const CannedAcl* acl = canned_acl(name);
  return acl != nullptr && !acl->group.empty();
}

S3Result<std::optional<std::string>> requested_ownership(const Call& call) {
  std::optional<std::string> ownership;
  if (const auto header = call.headers().get("x-amz-object-ownership")) {
    if (!is_object_ownership(*header)) {
      return invalid_argument("Invalid x-amz-object-ownership header: " + std::string(*header),
                              "x-amz-object-ownership", std::string(*header));
    }
    ownership = *header;
  }
  const auto named = named_acl(call);
  if (!named) return std::unexpected(named.error());
  if (named->harmless()) return ownership;
  if (ownership.value_or(std::string(bucket_owner_enforced)) == bucket_owner_enforced) {
    return std::unexpected(S3Error(ErrorCode::InvalidBucketAclWithObjectOwnership));
  }
  if (!named->grant_header.empty()) return header_not_implemented(named->grant_header);
  if (!named->acl->expressible) return header_not_implemented("x-amz-acl");
  // A new bucket blocks public access.
  return std::unexpected(S3Error(ErrorCode::InvalidBucketAclWithBlockPublicAccessError));
}

S3Result<std::string> requested_acl(const Call& call) {
  const auto named = named_acl(call);
  if (!named) return std::unexpected(named.error());
  if (named->harmless()) return std::string();
  const auto controls = call.store().bucket_document(*call.bucket, BucketDocument::ownership_controls);
  if (!controls) return refused(controls.error(), call);
  if (!*controls || (**controls).find(bucket_owner_enforced) != std::string::npos) {
    return std::unexpected(S3Error(ErrorCode::AccessControlListNotSupported));
  }
  if (!named->grant_header.empty()) return header_not_implemented(named->grant_header);
  if (!named->acl->expressible) return header_not_implemented("x-amz-acl");
  if (named->acl->group.empty()) return std::string();
  const auto block = public_access_block(call);
  if (!block) return std::unexpected(block.error());
  if (block->block_public_acls) return std::unexpected(S3Error(ErrorCode::AccessDenied));
  return std::string(named->acl->name);
}

std::string acl_document(std::string_view name) {
  protocol::XmlWriter document("AccessControlPolicy");
  write_owner(document);
  document.open("AccessControlList");
  write_grant(document, "CanonicalUser", "ID", owner_id, "FULL_CONTROL");
  if (const CannedAcl* acl = canned_acl(name); acl != nullptr && !acl->group.empty()) {
    const std::string group = "http://acs.amazonaws.com/groups/global/" + std::string(acl->group);
    if (acl->read) write_grant(document, "Group", "URI", group, "READ");
    if (acl->write) write_grant(document, "Group", "URI", group, "WRITE");
  }
  return document.finish();
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
