#include "addressing.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;
using protocol::Scope;

TEST_CASE("A request is addressed by path or by host") {
  struct Case {
    std::string host, target;
    Scope scope;
    std::string bucket, key;
    bool virtual_hosted;
  };
  const auto c = GENERATE(values<Case>({
      {"127.0.0.1:9000", "/", Scope::service, "", "", false},
      {"127.0.0.1:9000", "/films", Scope::bucket, "films", "", false},
      {"127.0.0.1:9000", "/films/", Scope::bucket, "films", "", false},
      {"127.0.0.1:9000", "/films/a/b", Scope::object, "films", "a/b", false},
      {"localhost:9000", "/films//a//", Scope::object, "films", "/a//", false},
      {"s3.localhost:9000", "/films/a", Scope::object, "films", "a", false},
      {"films.localhost:9000", "/", Scope::bucket, "films", "", true},
      {"films.localhost", "/a/b", Scope::object, "films", "a/b", true},
      {"films.s3.localhost:9000", "/a", Scope::object, "films", "a", true},
      {"my.films.S3.LocalHost:9000", "/a", Scope::object, "my.films", "a", true},
      {"films.s3.amazonaws.com", "/a", Scope::object, "films", "a", true},
      {"[::1]:9000", "/films/a", Scope::object, "films", "a", false},
      {"127.0.0.1", "/films/a%2Fb%20c%2B+d?partNumber=1", Scope::object, "films", "a/b c+ d", false},
      {"127.0.0.1", "/films/%C4%80?x=?y", Scope::object, "films", "\xC4\x80", false},
  }));
  INFO(c.host << " " << c.target);
  const auto address = address_of(c.host, c.target);
  REQUIRE(address);
  CHECK(address->scope == c.scope);
  CHECK(address->bucket == c.bucket);
  CHECK(address->key == c.key);
  CHECK(address->virtual_hosted == c.virtual_hosted);
}

TEST_CASE("A target with a malformed percent sequence is InvalidURI") {
  const std::string target = GENERATE("/films/%zz", "/films/%2", "/films/a?prefix=%g0", "*", "films");
  INFO(target);
  const auto address = address_of("127.0.0.1", target);
  REQUIRE_FALSE(address);
  CHECK(address.error().code == protocol::ErrorCode::InvalidURI);
}
