#include "acl.h"

#include "account.h"
#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;

namespace {

constexpr std::string_view everyone = "http://acs.amazonaws.com/groups/global/AllUsers";

std::string group_grant(std::string_view group) {
  return "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\"><URI>" +
         std::string(group) + "</URI></Grantee><Permission>READ</Permission></Grant>";
}

std::string policy(std::string_view owner, std::string_view grants) {
  return "<AccessControlPolicy><Owner><ID>" + std::string(owner) + "</ID></Owner><AccessControlList>" +
         std::string(grants) + "</AccessControlList></AccessControlPolicy>";
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("What is stored of an ACL reads as the same ACL") {
  const std::string name =
      GENERATE("private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read",
               "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write");
  INFO(name);
  const auto named = named_acl({{"x-amz-acl", name}}, AclTarget::bucket);
  REQUIRE(named);
  CHECK(named->named);
  CHECK(acl_from_stored(stored_acl(named->acl)) == named->acl);
  CHECK(parse_acl(acl_document(named->acl)) == named->acl);
  CHECK(acl_from_stored(name) == named->acl);  // as older stores have it
  CHECK(is_public(named->acl) == (name.starts_with("public") || name == "authenticated-read"));
}

TEST_CASE("The owner's ACL takes no room in the store, and nobody else's is empty") {
  CHECK(stored_acl(acl_of_the_owner_alone()).empty());
  CHECK(acl_from_stored("") == acl_of_the_owner_alone());
  CHECK_FALSE(stored_acl(Acl{}).empty());
  CHECK(acl_from_stored(stored_acl(Acl{})) == Acl{});
}

TEST_CASE("Grant headers name one grantee or more, in quotation marks or not") {
  const std::string uri(everyone);
  const auto named = named_acl(
      {{"x-amz-grant-read", "uri=\"" + uri + "\", id=" + owner_id}, {"x-amz-grant-write-acp", " URI=" + uri}},
      AclTarget::object);
  REQUIRE(named);
  CHECK(named->acl == Acl{{{Grant::Grantee::group, uri, Permission::read},
                           {Grant::Grantee::user, owner_id, Permission::read},
                           {Grant::Grantee::group, uri, Permission::write_acp}}});
  CHECK_FALSE(named->harmless);
  CHECK(
      named_acl({{"x-amz-grant-full-control", std::string("id=") + owner_id}}, AclTarget::object)->harmless);
}

TEST_CASE("A grant header that is no list of grantees is not recognised") {
  const std::string value = GENERATE("", "nonsense", "id", "=\"x\"", "id=\"x", "id=\"", "uri=x,", ",");
  INFO(value);
  const auto named = named_acl({{"x-amz-grant-read", value}}, AclTarget::object);
  REQUIRE_FALSE(named);
  CHECK(named.error().code == protocol::ErrorCode::InvalidArgument);
}

TEST_CASE("No address of mail is known") {
  const auto named = named_acl({{"x-amz-grant-read", "emailAddress=\"a@example.com\""}}, AclTarget::object);
  REQUIRE_FALSE(named);
  CHECK(named.error().code == protocol::ErrorCode::UnresolvableGrantByEmailAddress);
}

TEST_CASE("An ACL has at most a hundred grants, however it is said") {
  const std::string grant = group_grant(everyone);
  CHECK(parse_acl(policy(owner_id, repeated(grant, max_grants))));
  const auto more = parse_acl(policy(owner_id, repeated(grant, max_grants + 1)));
  REQUIRE_FALSE(more);
  CHECK(more.error().code == protocol::ErrorCode::MalformedACLError);
  const std::string one = "uri=" + std::string(everyone);
  CHECK(named_acl({{"x-amz-grant-read", one + repeated("," + one, max_grants - 1)}}, AclTarget::object));
  CHECK_FALSE(named_acl({{"x-amz-grant-read", one + repeated("," + one, max_grants)}}, AclTarget::object));
}

TEST_CASE("The log delivery's ACL is for buckets") {
  CHECK(named_acl({{"x-amz-acl", "log-delivery-write"}}, AclTarget::bucket));
  CHECK_FALSE(named_acl({{"x-amz-acl", "log-delivery-write"}}, AclTarget::object));
}

TEST_CASE("A document without grants grants nothing, one that is malformed is so before anybody is unknown") {
  CHECK(parse_acl(policy(owner_id, "")) == Acl{});
  for (const std::string& text :
       {std::string(), std::string("<a/>"), std::string("<AccessControlPolicy/>"),
        policy("nobody", "<Grant/>"), policy(owner_id, group_grant("nowhere") + "<Grant/>")}) {
    INFO(text);
    const auto acl = parse_acl(text);
    REQUIRE_FALSE(acl);
    CHECK(acl.error().code == protocol::ErrorCode::MalformedACLError);
  }
}
