#include <partsmith/protocol/uri.h>

#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

std::string create(TestServer& server, const std::string& target, protocol::Headers headers = {}) {
  const auto answer = server.send({"POST", target + "?uploads", "", std::move(headers)});
  REQUIRE(answer.status == 200);
  return element(answer.body, "UploadId");
}

std::string part_target(const std::string& target, const std::string& upload_id, const std::string& number) {
  return target + "?partNumber=" + number + "&uploadId=" + upload_id;
}

std::string listed(const std::string& number, std::string_view etag) {
  return "<Part><PartNumber>" + number + "</PartNumber><ETag>" + std::string(etag) + "</ETag></Part>";
}

RawClient::Answer complete(TestServer& server, const std::string& target, const std::string& upload_id,
                           const std::string& parts, protocol::Headers headers = {}) {
  return server.send({"POST", target + "?uploadId=" + upload_id,
                      "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>",
                      std::move(headers)});
}

}  // namespace

TEST_CASE("An upload id is 128 characters that need no escaping") {
  TestServer server;
  server.send({"PUT", "/films"});
  const std::string id = create(server, "/films/a");
  CHECK(id.size() == 128);
  CHECK(protocol::uri_encode(id, protocol::Slash::encode) == id);
}

TEST_CASE("Completing makes the object, again succeeds again, and the id is dead for parts and listings") {
  TestServer server;
  server.send({"PUT", "/films"});
  const std::string target = "/films/static/gopher.mp4";
  const std::string id =
      create(server, target, {{"x-amz-meta-made-by", "test"}, {"Content-Type", "video/mp4"}});
  const auto part = server.send({"PUT", part_target(target, id, "7"), "data"});
  REQUIRE(part.status == 200);

  const auto done = complete(server, target, id, listed("7", part.headers.value("ETag")));
  REQUIRE(done.status == 200);
  CHECK(done.body.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CompleteMultipartUploadResult"));
  CHECK(element(done.body, "Location") == "http://" + server.host() + "/films/static%2Fgopher.mp4");
  CHECK(element(done.body, "ETag").ends_with("-1&quot;"));

  const auto object = server.send({"GET", target});
  CHECK(object.body == "data");
  CHECK(object.headers.value("x-amz-meta-made-by") == "test");
  CHECK(object.headers.value("content-type") == "video/mp4");

  CHECK(complete(server, target, id, listed("7", part.headers.value("ETag"))).body == done.body);
  CHECK(server.send({"PUT", part_target(target, id, "8"), "more"}).status == 404);
  CHECK(server.send({"GET", target + "?uploadId=" + id}).status == 404);
}

TEST_CASE("A part still arriving when its upload is aborted is refused") {
  TestServer server;
  server.send({"PUT", "/films"});
  const std::string id = create(server, "/films/a");
  const std::string head =
      server.signed_request({.method = "PUT",
                             .target = part_target("/films/a", id, "1"),
                             .headers = {{"Content-Length", "100000"}, {"Expect", "100-continue"}},
                             .payload_hash = "UNSIGNED-PAYLOAD"});
  RawClient client(server.port());
  client.send(head);
  REQUIRE(client.read_answer().status == 100);  // the server has begun to read the part
  client.send(std::string(50'000, 'x'));
  REQUIRE(server.send({"DELETE", "/films/a?uploadId=" + id}).status == 204);
  client.send(std::string(50'000, 'x'));
  const auto answer = client.read_answer();
  CHECK(answer.status == 404);
  CHECK(element(answer.body, "Code") == "NoSuchUpload");
}

TEST_CASE("Part numbers go from 1 to 10,000") {
  TestServer server;
  server.send({"PUT", "/films"});
  const std::string id = create(server, "/films/a");
  CHECK(server.send({"PUT", part_target("/films/a", id, "1"), "x"}).status == 200);
  CHECK(server.send({"PUT", part_target("/films/a", id, "10000"), "x"}).status == 200);
  const std::string number = GENERATE("0", "10001", "-1", "one", "");
  const auto answer = server.send({"PUT", part_target("/films/a", id, number), "x"});
  INFO(number);
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == "InvalidArgument");
  CHECK(element(answer.body, "ArgumentName") == "partNumber");
}

TEST_CASE("If-None-Match: * lets only the first completion through, and leaves the other upload alive") {
  TestServer server;
  server.send({"PUT", "/films"});
  REQUIRE(server.send({"PUT", "/films/a", "old"}).status == 200);
  const std::string id = create(server, "/films/a");
  const auto part = server.send({"PUT", part_target("/films/a", id, "1"), "new"});
  const std::string parts = listed("1", part.headers.value("ETag"));
  CHECK(complete(server, "/films/a", id, parts, {{"If-None-Match", "*"}}).status == 412);
  CHECK(server.send({"GET", "/films/a"}).body == "old");
  CHECK(complete(server, "/films/a", id, parts).status == 200);
  CHECK(server.send({"GET", "/films/a"}).body == "new");
}
