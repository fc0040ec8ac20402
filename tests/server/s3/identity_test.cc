#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

/// A signed request with one piece of its text replaced.
RawClient::Answer send_altered(TestServer& server, const std::string& from, const std::string& to) {
  std::string request = server.signed_request({"GET", "/"});
  const std::size_t at = request.find(from);
  REQUIRE(at != std::string::npos);
  request.replace(at, from.size(), to);
  return RawClient(server.port()).exchange(request);
}

RawClient::Answer get(TestServer& server, const std::string& target, const std::string& headers = "") {
  return RawClient(server.port())
      .exchange("GET " + target + " HTTP/1.1\r\nHost: " + server.host() + "\r\n" + headers + "\r\n");
}

std::string presigned(TestServer& server, const std::string& target, std::int64_t seconds) {
  return protocol::sigv4::presign("GET", server.host(), target, {}, {"test", "test", ""}, "us-east-1",
                                  server.clock().now(), seconds);
}

}  // namespace

TEST_CASE("Another key id is InvalidAccessKeyId, naming it") {
  TestServer server;
  const auto answer = send_altered(server, "Credential=test/", "Credential=nobody/");
  CHECK(answer.status == 403);
  CHECK(element(answer.body, "Code") == "InvalidAccessKeyId");
  CHECK(element(answer.body, "AWSAccessKeyId") == "nobody");
}

TEST_CASE("A wrong signature shows what the server signed") {
  TestServer server;
  const auto answer = send_altered(server, "Signature=", "Signature=0");
  CHECK(answer.status == 403);
  CHECK(element(answer.body, "Code") == "SignatureDoesNotMatch");
  CHECK(element(answer.body, "StringToSign").starts_with("AWS4-HMAC-SHA256\n"));
  CHECK(element(answer.body, "CanonicalRequest").starts_with("GET\n/\n"));
  CHECK(element(answer.body, "StringToSignBytes").starts_with("41 57 53 34"));
}

TEST_CASE("No identity is AccessDenied, after a missing bucket is told") {
  TestServer server;
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  CHECK(element(get(server, "/films/a").body, "Code") == "AccessDenied");
  CHECK(element(get(server, "/missing-bucket/a").body, "Code") == "NoSuchBucket");
}

TEST_CASE("A request of another time is RequestTimeTooSkewed with both times") {
  TestServer server;
  const std::string request = server.signed_request({"GET", "/"});
  server.clock().move(std::chrono::minutes(14));
  CHECK(RawClient(server.port()).exchange(request).status == 200);
  server.clock().move(std::chrono::minutes(2));
  const auto answer = RawClient(server.port()).exchange(request);
  CHECK(answer.status == 403);
  CHECK(element(answer.body, "Code") == "RequestTimeTooSkewed");
  CHECK(element(answer.body, "MaxAllowedSkewMilliseconds") == "900000");
  CHECK_FALSE(element(answer.body, "RequestTime").empty());
  CHECK_FALSE(element(answer.body, "ServerTime").empty());
}

TEST_CASE("A presigned URL works until it expires") {
  TestServer server;
  const std::string url = presigned(server, "/", 60);
  CHECK(get(server, url).status == 200);
  server.clock().move(std::chrono::seconds(61));
  const auto answer = get(server, url);
  CHECK(answer.status == 403);
  CHECK(element(answer.body, "Code") == "AccessDenied");
  CHECK(element(answer.body, "Message") == "Request has expired");
  CHECK(element(answer.body, "X-Amz-Expires") == "60");
}

TEST_CASE("An x-amz- header that a presigned URL didn't sign is refused by name") {
  TestServer server;
  const auto answer = get(server, presigned(server, "/", 60), "x-amz-meta-a: b\r\n");
  CHECK(answer.status == 403);
  CHECK(element(answer.body, "HeadersNotSigned") == "x-amz-meta-a");
}

TEST_CASE("Any region signs, unless the server is strict about its own") {
  server::ServerOptions strict;
  strict.strict_region = true;
  strict.region = "eu-west-1";
  TestServer free;
  TestServer bound(strict);
  CHECK(free.send({"GET", "/"}).status == 200);
  const auto answer = bound.send({"GET", "/"});  // signed for us-east-1
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == "AuthorizationHeaderMalformed");
  CHECK(element(answer.body, "Region") == "eu-west-1");
}

TEST_CASE("Authorizations of other kinds are refused clearly") {
  TestServer server;
  CHECK(element(get(server, "/", "Authorization: Basic dGVzdDp0ZXN0\r\n").body, "Message") ==
        "Unsupported Authorization Type");
  CHECK(get(server, "/", "Authorization: AWS4-ECDSA-P256-SHA256 Credential=test\r\n").status == 501);
}

TEST_CASE("Virtual-hosted requests mean the host's bucket") {
  TestServer server;
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  const std::string host = GENERATE("films.localhost", "films.s3.localhost:1234");
  CHECK(server.send({"PUT", "/a/b", "data", {{"Host", host}}}).status == 200);
  CHECK(server.send({"GET", "/films/a/b"}).body == "data");
}
