#include <partsmith/values/encoding.h>

#include "catch.h"
#include "forms/post_policy.h"

using namespace partsmith;
using protocol::ErrorCode;
using server::FormFields;

namespace {

const BucketName bucket = *BucketName::parse("films");

server::S3Result<server::PostPolicy> policy_of(const std::string& conditions) {
  const std::string text = R"({"expiration": "2099-01-01T00:00:00Z", "conditions": [)" + conditions + "]}";
  return server::parse_post_policy(to_base64(as_bytes(text)));
}

server::S3Result<void> checked(const std::string& conditions, const FormFields& fields) {
  const auto policy = policy_of(conditions);
  REQUIRE(policy);
  return server::check_post_policy(*policy, fields, bucket, TimePoint{});
}

}  // namespace

TEST_CASE("A policy that names a member twice is none") {
  for (const char* text :
       {R"({"expiration": "2099-01-01T00:00:00Z", "conditions": [{"bucket": "a"}], "conditions": []})",
        R"({"expiration": "2001-01-01T00:00:00Z", "expiration": "2099-01-01T00:00:00Z", "conditions": []})",
        R"({"expiration": "2099-01-01T00:00:00Z", "conditions": [{"acl": "private", "acl": "x"}]})"}) {
    INFO(text);
    const auto policy = server::parse_post_policy(to_base64(as_bytes(std::string_view(text))));
    REQUIRE(!policy);
    CHECK(policy.error().code == ErrorCode::InvalidPolicyDocument);
  }
}

TEST_CASE("A policy that nests deeper than policies do is none") {
  const auto policy = policy_of(std::string(4000, '[') + std::string(4000, ']'));
  REQUIRE(!policy);
  CHECK(policy.error().code == ErrorCode::InvalidPolicyDocument);
}

TEST_CASE("Of several conditions for one field all must hold") {
  const std::string conditions =
      R"({"bucket": "films"}, ["starts-with", "$key", "a"], ["starts-with", "$key", "a/b"])";
  CHECK(checked(conditions, {{"key", "a/b/c"}}));
  CHECK(!checked(conditions, {{"key", "a/c"}}));
}

TEST_CASE("Of several ranges of the file's size the narrowest counts") {
  const auto policy = policy_of(
      R"(["content-length-range", 2, 9], ["content-length-range", 0, 100], ["content-length-range", "1", "8"])");
  REQUIRE(policy);
  CHECK(policy->min_size == 2);
  CHECK(policy->max_size == 8U);
}

TEST_CASE("A form's bucket is the URL's, and its field mustn't say another") {
  CHECK(checked(R"({"bucket": "films"})", {}));
  CHECK(checked(R"({"bucket": "films"})", {{"bucket", "films"}}));
  CHECK(!checked(R"({"bucket": "films"})", {{"bucket", "other"}}));
  CHECK(!checked(R"({"bucket": "other"})", {{"bucket", "other"}}));
}
