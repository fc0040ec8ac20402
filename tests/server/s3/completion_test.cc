// CompleteMultipartUpload: answered early, and in conflict with a delete; the owner that a request expects.

#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

struct Scene {
  TestServer server;
  std::string upload;
  std::string document;

  explicit Scene(server::ServerOptions options = {}) : server(std::move(options)) {
    REQUIRE(server.send({"PUT", "/films"}).status == 200);
    REQUIRE(server.send({"PUT", "/films/a", "old"}).status == 200);
    upload = element(server.send({"POST", "/films/a?uploads"}).body, "UploadId");
    const auto part = server.send({"PUT", "/films/a?partNumber=1&uploadId=" + upload, "new"});
    REQUIRE(part.status == 200);
    document = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" +
               std::string(part.headers.value("ETag")) + "</ETag></Part></CompleteMultipartUpload>";
  }

  RawClient::Answer complete(const protocol::Headers& headers = {}) {
    return server.send({"POST", "/films/a?uploadId=" + upload, document, headers});
  }

  /// The answer to a request whose object is deleted after its head was taken, and before its body was sent.
  RawClient::Answer send_while_deleting(Ask ask) {
    ask.headers.add("Expect", "100-continue");
    const std::string text = server.signed_request(ask);
    const std::size_t body = text.find("\r\n\r\n") + 4;
    RawClient client(server.port());
    REQUIRE(client.exchange(text.substr(0, body)).status == 100);
    REQUIRE(server.send({"DELETE", "/films/a"}).status == 204);
    return client.exchange(text.substr(body));
  }
};

server::ServerOptions early() {
  server::ServerOptions options;
  options.early_completion = true;
  return options;
}

}  // namespace

TEST_CASE("An early completion answers 200, the XML declaration and white space, then the result") {
  Scene scene(early());
  const auto answer = scene.complete();
  CHECK(answer.status == 200);
  CHECK(answer.headers.value("Transfer-Encoding") == "chunked");
  CHECK(answer.headers.value("x-amz-server-side-encryption") == "AES256");
  CHECK(
      answer.body.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n <CompleteMultipartUploadResult"));
  CHECK(element(answer.body, "Key") == "a");
  CHECK(scene.server.send({"GET", "/films/a"}).body == "new");
}

TEST_CASE("An early completion that fails says so in its 200") {
  Scene scene(early());
  const auto answer = scene.complete({{"If-None-Match", "*"}});
  CHECK(answer.status == 200);
  CHECK(answer.body.starts_with(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n <Error><Code>PreconditionFailed</Code>"));
  CHECK(element(answer.body, "RequestId") == answer.headers.value("x-amz-request-id"));
  CHECK(scene.server.send({"GET", "/films/a"}).body == "old");
}

TEST_CASE("What an early completion can tell from its request alone has its own status") {
  Scene scene(early());
  scene.document = "<nonsense";
  CHECK(scene.complete().status == 400);
  scene.upload = "nobody";
  CHECK(scene.complete().status == 404);
}

TEST_CASE("A delete while a conditional put is on its way is a conflict") {
  Scene scene;
  const std::string etag(scene.server.send({"HEAD", "/films/a"}).headers.value("ETag"));
  const std::string name = GENERATE("If-None-Match", "If-Match");
  const auto answer =
      scene.send_while_deleting({"PUT", "/films/a", "data", {{name, name == "If-Match" ? etag : "*"}}});
  CHECK(answer.status == 409);
  CHECK(element(answer.body, "Code") == "ConditionalRequestConflict");
  CHECK(element(answer.body, "Condition") == name);
  CHECK(element(answer.body, "Key") == "a");
  CHECK(scene.server.send({"HEAD", "/films/a"}).status == 404);
}

TEST_CASE("A delete while a conditional completion is on its way is a conflict, and ends the upload") {
  Scene scene;
  const auto answer = scene.send_while_deleting(
      {"POST", "/films/a?uploadId=" + scene.upload, scene.document, {{"If-None-Match", "*"}}});
  CHECK(answer.status == 409);
  CHECK(element(answer.body, "Code") == "ConditionalRequestConflict");
  CHECK(scene.server.send({"GET", "/films/a?uploadId=" + scene.upload}).status == 404);
}

TEST_CASE("A put without conditions doesn't mind a delete") {
  Scene scene;
  CHECK(scene.send_while_deleting({"PUT", "/films/a", "data"}).status == 200);
  CHECK(scene.server.send({"GET", "/films/a"}).body == "data");
}

TEST_CASE("A request is for the owner that it expects") {
  Scene scene;
  const std::string name = GENERATE("x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner");
  const auto get = [&](const std::string& owner) {
    return scene.server.send({"GET", "/films/a", "", {{name, owner}}});
  };
  CHECK(get("000000000000").status == 200);
  const auto other = get("123456789012");
  CHECK(other.status == 403);
  CHECK(element(other.body, "Code") == "AccessDenied");
  for (const std::string nobody : {"", "123", "12345678901x", "1234567890123"}) {
    const auto answer = get(nobody);
    CHECK(answer.status == 400);
    CHECK(element(answer.body, "Code") == "InvalidBucketOwnerAWSAccountID");
    CHECK(element(answer.body, "Message") ==
          "The value of the expected bucket owner parameter must be an AWS Account ID... [" + nobody + ']');
  }
}
