#include "acl.h"

#include <algorithm>
#include <array>

#include <partsmith/protocol/xml.h>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;
using enum Permission;

constexpr std::string_view all_users = "http://acs.amazonaws.com/groups/global/AllUsers";
constexpr std::string_view authenticated_users = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
constexpr std::string_view log_delivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";
constexpr auto groups = std::to_array<std::string_view>({all_users, authenticated_users, log_delivery});

/// Indexed by Permission.
constexpr auto permissions =
    std::to_array<std::string_view>({"FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"});

struct GrantHeader {
  std::string_view name;
  Permission permission;
};
constexpr auto grant_headers = std::to_array<GrantHeader>({
    {"x-amz-grant-full-control", full_control},
    {"x-amz-grant-read", read},
    {"x-amz-grant-write", write},
    {"x-amz-grant-read-acp", read_acp},
    {"x-amz-grant-write-acp", write_acp},
});

/// What a canned ACL grants besides the owner's full control. Source: S3 user guide, "Canned ACL"; the user
/// whom aws-exec-read means: Amazon EC2 user guide, instance store-backed AMIs ("za-team").
struct CannedGrant {
  std::string_view group = {};
  std::optional<Permission> first = {};
  std::optional<Permission> second = {};
};
struct CannedAcl {
  std::string_view name;
  CannedGrant grant = {};
  bool harmless = false;  ///< NamedAcl::harmless
  bool buckets_only = false;
};
constexpr std::string_view ec2_id = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";
constexpr auto canned_acls = std::to_array<CannedAcl>({
    {"private", {}, true},
    {"public-read", {all_users, read}},
    {"public-read-write", {all_users, read, write}},
    {"authenticated-read", {authenticated_users, read}},
    {"aws-exec-read", {ec2_id, read}},
    {"bucket-owner-read"},
    {"bucket-owner-full-control", {}, true},
    {"log-delivery-write", {log_delivery, write, read_acp}, false, true},
});

const CannedAcl* canned_acl(std::string_view name) {
  const auto* const row = std::ranges::find(canned_acls, name, &CannedAcl::name);
  return row == canned_acls.end() ? nullptr : row;
}

Acl acl_of(const CannedAcl& canned) {
  Acl acl = acl_of_the_owner_alone();
  for (const auto permission : {canned.grant.first, canned.grant.second}) {
    if (!permission) continue;
    const auto kind = canned.grant.group == ec2_id ? Grant::Grantee::user : Grant::Grantee::group;
    acl.grants.push_back({kind, std::string(canned.grant.group), *permission});
  }
  return acl;
}

std::unexpected<S3Error> malformed() {
  return std::unexpected(S3Error(ErrorCode::MalformedACLError));
}

/// There are one account, the user of aws-exec-read, nobody, and these groups.
S3Result<void> check_user(const std::string& id, std::string_view argument) {
  if (id == owner_id || id == ec2_id || id == nobody_id) return {};
  return invalid_argument("Invalid id", std::string(argument), id);
}
S3Result<void> check_group(const std::string& uri, std::string_view argument) {
  if (std::ranges::find(groups, uri) != groups.end()) return {};
  return invalid_argument("Invalid group uri", std::string(argument), uri);
}
std::unexpected<S3Error> unknown_address() {
  return std::unexpected(S3Error(ErrorCode::UnresolvableGrantByEmailAddress));
}

/// `id="…"`, `uri="…"` or `emailAddress="…"`, with the quotation marks or without.
struct NamedGrantee {
  std::string kind;
  std::string value;
};
std::optional<NamedGrantee> named_grantee(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  std::string_view value = protocol::trimmed(text.substr(equals + 1));
  if (value.starts_with('"')) {
    if (value.size() < 2 || !value.ends_with('"')) return std::nullopt;
    value = value.substr(1, value.size() - 2);
  }
  return NamedGrantee{protocol::lower_case(protocol::trimmed(text.substr(0, equals))), std::string(value)};
}

/// Grantees stand in a list with commas; there is at least one.
S3Result<void> add_grants(Acl& acl, const GrantHeader& header, std::string_view list) {
  std::string_view rest = list;
  do {
    const std::size_t comma = rest.find(',');
    const auto grantee = named_grantee(protocol::trimmed(rest.substr(0, comma)));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    const bool user = grantee && grantee->kind == "id";
    if (!grantee || (!user && grantee->kind != "uri" && grantee->kind != "emailaddress") ||
        acl.grants.size() == max_grants) {
      return invalid_argument("Argument format not recognized", std::string(header.name), std::string(list));
    }
    if (grantee->kind == "emailaddress") return unknown_address();
    if (auto ok = user ? check_user(grantee->value, "id") : check_group(grantee->value, "uri"); !ok)
      return ok;
    acl.grants.push_back(
        {user ? Grant::Grantee::user : Grant::Grantee::group, grantee->value, header.permission});
  } while (!rest.empty());
  return {};
}

S3Result<Grant> read_grant(const protocol::XmlElement& element) {
  const auto* grantee = element.child("Grantee");
  const auto permission = std::ranges::find(permissions, element.child_text("Permission").value_or(""));
  const auto type = grantee == nullptr ? std::nullopt : grantee->attribute("type");
  if (element.name != "Grant" || !type || permission == permissions.end()) return malformed();
  Grant grant{Grant::Grantee::user, "", static_cast<Permission>(permission - permissions.begin())};
  S3Result<void> known;
  if (const auto id = grantee->child_text("ID"); type == "CanonicalUser" && id) {
    grant.name = *id;
    known = check_user(grant.name, "CanonicalUser/ID");
  } else if (const auto uri = grantee->child_text("URI"); type == "Group" && uri) {
    grant.grantee = Grant::Grantee::group;
    grant.name = *uri;
    known = check_group(grant.name, "Group/URI");
  } else if (type == "AmazonCustomerByEmail" && grantee->child("EmailAddress") != nullptr) {
    return unknown_address();
  } else {
    return malformed();
  }
  if (!known) return std::unexpected(std::move(known.error()));
  return grant;
}

void write_grant(protocol::XmlWriter& document, const Grant& grant) {
  const bool user = grant.grantee == Grant::Grantee::user;
  document.open("Grant")
      .open("Grantee", std::string("xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"") +
                           (user ? "CanonicalUser" : "Group") + '"')
      .element(user ? "ID" : "URI", grant.name)
      .close()
      .element("Permission", permissions.at(static_cast<std::size_t>(grant.permission)))
      .close();
}

}  // namespace

Acl acl_of_the_owner_alone() {
  return {{{Grant::Grantee::user, owner_id, full_control}}};
}

bool is_the_owners_alone(const Acl& acl) {
  return acl == acl_of_the_owner_alone();
}

bool is_public(const Acl& acl) {
  return std::ranges::any_of(acl.grants, [](const Grant& grant) {
    return grant.name == all_users || grant.name == authenticated_users;
  });
}

bool grants_everyone(const Acl& acl, Permission permission) {
  return std::ranges::any_of(acl.grants, [&](const Grant& grant) {
    return grant.name == all_users && (grant.permission == permission || grant.permission == full_control);
  });
}

S3Result<NamedAcl> named_acl(const protocol::Headers& headers, AclTarget target) {
  NamedAcl result;
  const auto name = headers.get("x-amz-acl");
  if (name) {
    const CannedAcl* canned = canned_acl(*name);
    if (canned == nullptr || (canned->buckets_only && target != AclTarget::bucket)) {
      return invalid_argument("", "x-amz-acl", std::string(*name));
    }
    result = {true, acl_of(*canned), canned->harmless};
  }
  Acl granted;
  bool grants = false;
  for (const GrantHeader& header : grant_headers) {
    const auto list = headers.get(header.name);
    if (!list) continue;
    grants = true;
    if (name) return invalid_request("Specifying both Canned ACLs and Header Grants is not allowed");
    if (auto ok = add_grants(granted, header, *list); !ok) return std::unexpected(std::move(ok.error()));
  }
  if (grants) {
    const bool harmless = is_the_owners_alone(granted);
    result = {true, std::move(granted), harmless};
  }
  return result;
}

S3Result<Acl> parse_acl(std::string_view text) {
  const auto root = protocol::parse_xml(text);
  if (!root || root->name != "AccessControlPolicy") return malformed();
  const auto* owner = root->child("Owner");
  const auto* list = root->child("AccessControlList");
  const auto id = owner == nullptr ? std::nullopt : owner->child_text("ID");
  if (!id || list == nullptr || list->children.size() > max_grants) return malformed();
  Acl acl;
  // What is malformed anywhere is told before who is unknown.
  std::optional<S3Error> unknown;
  if (*id != owner_id) unknown = invalid_argument("Invalid id", "CanonicalUser/ID", *id).error();
  for (const protocol::XmlElement& element : list->children) {
    auto grant = read_grant(element);
    if (grant) {
      acl.grants.push_back(*std::move(grant));
    } else if (grant.error().code == ErrorCode::MalformedACLError) {
      return std::unexpected(std::move(grant.error()));
    } else if (!unknown) {
      unknown = std::move(grant.error());
    }
  }
  if (unknown) return std::unexpected(*std::move(unknown));
  return acl;
}

Acl with_nobody(Acl acl) {
  if (acl.grants.size() < max_grants)
    acl.grants.push_back({Grant::Grantee::user, std::string(nobody_id), Permission::full_control});
  return acl;
}

bool is_nobodys(const Acl& acl) {
  return std::ranges::any_of(acl.grants, [](const Grant& grant) {
    return grant.name == nobody_id && grant.permission == Permission::full_control;
  });
}

std::string acl_document(const Acl& acl) {
  protocol::XmlWriter document("AccessControlPolicy");
  write_owner(document);
  document.open("AccessControlList");
  for (const Grant& grant : acl.grants) write_grant(document, grant);
  return document.finish();
}

Acl acl_from_stored(std::string_view text) {
  if (const CannedAcl* canned = canned_acl(text)) return acl_of(*canned);
  if (text.empty()) return acl_of_the_owner_alone();
  // A document that was stored can be read; of one that can't, nobody is granted anything.
  return parse_acl(text).value_or(Acl{});
}

std::string stored_acl(const Acl& acl) {
  return is_the_owners_alone(acl) ? std::string() : acl_document(acl);
}

}  // namespace partsmith::server
