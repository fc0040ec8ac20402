#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

TEST_CASE("Every answer carries the two ids, the date and the server's name") {
  TestServer server;
  const auto answer = server.send({"GET", "/"});
  CHECK(answer.status == 200);
  CHECK(answer.headers.value("x-amz-request-id").size() == 16);
  CHECK_FALSE(answer.headers.value("x-amz-id-2").empty());
  CHECK_FALSE(answer.headers.value("Date").empty());
  CHECK(answer.headers.value("Server") == "AmazonS3");
}

TEST_CASE("An error's ids are those of its headers") {
  TestServer server;
  const auto answer = server.send({"GET", "/films/nothing"});
  CHECK(answer.status == 404);
  CHECK(element(answer.body, "Code") == "NoSuchBucket");
  CHECK(element(answer.body, "RequestId") == answer.headers.value("x-amz-request-id"));
  CHECK(element(answer.body, "HostId") == answer.headers.value("x-amz-id-2"));
}

TEST_CASE("What S3 has and partsmith hasn't is NotImplemented, and changes nothing") {
  TestServer server;
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  const std::string target =
      GENERATE("/films?website", "/films?notification", "/films?logging", "/films?replication");
  const auto answer = server.send({"PUT", target, "<X/>"});
  CHECK(answer.status == 501);
  CHECK(element(answer.body, "Code") == "NotImplemented");
  CHECK(server.send({"HEAD", "/films/a"}).status == 404);
}

TEST_CASE("A document of a bucket's configuration needs a digest in its headers") {
  TestServer server;
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  const auto answer = server.send({"PUT", "/films?cors", "<CORSConfiguration/>"});
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Message") ==
        "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
}

TEST_CASE("A key of more than 1,024 bytes is KeyTooLongError with both sizes") {
  TestServer server;
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  CHECK(server.send({"PUT", "/films/" + std::string(1024, 'k'), "x"}).status == 200);
  const auto answer = server.send({"PUT", "/films/" + std::string(1025, 'k'), "x"});
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == "KeyTooLongError");
  CHECK(element(answer.body, "Size") == "1025");
  CHECK(element(answer.body, "MaxSizeAllowed") == "1024");
}

TEST_CASE("A method that objects don't have is 405") {
  TestServer server;
  const auto answer = server.send({"PATCH", "/films/a"});
  CHECK(answer.status == 405);
  CHECK(element(answer.body, "Method") == "PATCH");
}

TEST_CASE("A malformed request gets S3's error document and the connection ends") {
  TestServer server;
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nbad header line\r\n\r\n");
  const auto rest = client.read_to_end();
  CHECK(rest.bytes.starts_with("HTTP/1.1 400 "));
  CHECK(rest.bytes.find("<Code>BadRequest</Code>") != std::string::npos);
  CHECK(rest.bytes.find("x-amz-request-id: ") != std::string::npos);
}

TEST_CASE("Health needs no signature") {
  TestServer server;
  RawClient client(server.port());
  const auto answer = client.exchange("GET /_partsmith/health HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(answer.status == 200);
  CHECK(answer.body.starts_with(R"({"status":"ok")"));
  CHECK(client.exchange("GET /_partsmith/nothing HTTP/1.1\r\nHost: h\r\n\r\n").status == 404);
}

TEST_CASE("Two servers in one process know nothing of each other") {
  TestServer one;
  TestServer two;
  REQUIRE(one.send({"PUT", "/films"}).status == 200);
  CHECK(one.send({"HEAD", "/films"}).status == 200);
  CHECK(two.send({"HEAD", "/films"}).status == 404);
}

TEST_CASE("The log has a line per request, with the operation and S3's error, and no signature") {
  TestServer server;
  const auto answer = server.send({"GET", "/films/a?x=secret"});
  REQUIRE(answer.status == 404);
  const std::string line = server.log_line_with(answer.headers.value("x-amz-request-id"));
  CHECK(line.find(" GET /films/a GetObject 404 NoSuchBucket ") != std::string::npos);
  CHECK(line.find("secret") == std::string::npos);
}
