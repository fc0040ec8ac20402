#include <partsmith/protocol/aws_chunked.h>
#include <partsmith/protocol/dates.h>

#include "catch.h"
#include "test_server.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

/// A server with the bucket `films`.
TestServer& with_bucket(TestServer& server) {
  REQUIRE(server.send({"PUT", "/films"}).status == 200);
  return server;
}

bool exists(TestServer& server, const std::string& target) {
  return server.send({"HEAD", target}).status == 200;
}

}  // namespace

TEST_CASE("A body that isn't what was signed is refused and leaves nothing") {
  TestServer server;
  with_bucket(server);
  const auto answer = server.send({.method = "PUT",
                                   .target = "/films/a",
                                   .body = "data",
                                   .payload_hash = to_hex(sha256(as_bytes("other")))});
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == "XAmzContentSHA256Mismatch");
  CHECK_FALSE(exists(server, "/films/a"));
}

TEST_CASE("A body without any length is MissingContentLength, at once") {
  TestServer server;
  with_bucket(server);
  const auto answer = server.send({.method = "PUT", .target = "/films/a", .with_length = false});
  CHECK(answer.status == 411);
  CHECK(element(answer.body, "Code") == "MissingContentLength");
}

TEST_CASE("Transfer-Encoding: chunked without a decoded length is NotImplemented") {
  TestServer server;
  with_bucket(server);
  const auto answer = server.send({.method = "PUT",
                                   .target = "/films/a",
                                   .body = "4\r\ndata\r\n0\r\n\r\n",
                                   .headers = {{"Transfer-Encoding", "chunked"}},
                                   .payload_hash = "UNSIGNED-PAYLOAD"});
  CHECK(answer.status == 501);
  CHECK(element(answer.body, "Header") == "Transfer-Encoding");
}

TEST_CASE("An unsigned aws-chunked body with a trailer is stored decoded, with the trailer's checksum") {
  TestServer server;
  with_bucket(server);
  const std::string body = "4\r\ndata\r\n0\r\nx-amz-checksum-crc32:rfPzYw==\r\n\r\n";
  const auto answer = server.send({.method = "PUT",
                                   .target = "/films/a",
                                   .body = body,
                                   .headers = {{"Content-Encoding", "aws-chunked"},
                                               {"x-amz-decoded-content-length", "4"},
                                               {"x-amz-trailer", "x-amz-checksum-crc32"}},
                                   .payload_hash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"});
  CHECK(answer.status == 200);
  CHECK(answer.headers.value("x-amz-checksum-crc32") == "rfPzYw==");
  const auto object = server.send({"GET", "/films/a"});
  CHECK(object.body == "data");
  CHECK_FALSE(object.headers.has("content-encoding"));
}

TEST_CASE("A trailer that doesn't fit the body is refused and leaves nothing") {
  TestServer server;
  with_bucket(server);
  const auto [body, code] = GENERATE(table<std::string, std::string>(
      {{"4\r\ndata\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "BadDigest"},
       {"4\r\ndata\r\n0\r\nx-amz-checksum-crc32:nonsense\r\n\r\n", "InvalidRequest"},
       {"4\r\ndata\r\n0\r\n\r\n", "MalformedTrailerError"},
       {"3\r\ndat\r\n0\r\nx-amz-checksum-crc32:rfPzYw==\r\n\r\n", "IncompleteBody"},
       {"4\r\ndata\r\n", "IncompleteBody"},
       {"zz\r\ndata\r\n0\r\n\r\n", "IncompleteBody"}}));
  const auto answer = server.send({.method = "PUT",
                                   .target = "/films/a",
                                   .body = body,
                                   .headers = {{"x-amz-decoded-content-length", "4"},
                                               {"x-amz-trailer", "x-amz-checksum-crc32"}},
                                   .payload_hash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"});
  INFO(body);
  CHECK(answer.status == 400);
  CHECK(element(answer.body, "Code") == code);
  CHECK_FALSE(exists(server, "/films/a"));
}

TEST_CASE("Signed chunks are stored when every signature is right, and leave nothing when one isn't") {
  TestServer server;
  with_bucket(server);
  const bool forged = GENERATE(false, true);
  const std::string hash = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  const protocol::StreamingPayload form = *protocol::streaming_payload(hash);
  const std::string first(65536, 'a');
  const std::string second = "tail";
  const auto length =
      protocol::AwsChunkedEncoder::encoded_length(form, first.size() + second.size(), first.size(), {});

  protocol::Headers headers{{"Host", server.host()},
                            {"Content-Length", std::to_string(length)},
                            {"x-amz-decoded-content-length", std::to_string(first.size() + second.size())}};
  const TimePoint now = server.clock().now();
  const std::string seed =
      protocol::sigv4::sign(headers, "PUT", "/films/a", hash, {"test", "test", ""}, "us-east-1", now);
  const std::string date = protocol::amz_date(now);
  const protocol::sigv4::Scope scope{date.substr(0, 8), "us-east-1", "s3"};
  protocol::AwsChunkedEncoder encoder(
      form, protocol::ChunkSigning{protocol::sigv4::signing_key("test", scope), date, scope, seed});

  std::string request = "PUT /films/a HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  request += "\r\n" + encoder.chunk(as_bytes(first));
  std::string last_data = encoder.chunk(as_bytes(second));
  if (forged) last_data.replace(last_data.find(second, 80), second.size(), "tale");
  request += last_data + encoder.last({});

  const auto answer = RawClient(server.port()).exchange(request);
  if (forged) {
    CHECK(answer.status == 403);
    CHECK(element(answer.body, "Code") == "SignatureDoesNotMatch");
    CHECK_FALSE(exists(server, "/films/a"));
  } else {
    CHECK(answer.status == 200);
    CHECK(server.send({"GET", "/films/a"}).body == first + second);
  }
}

TEST_CASE("Expect: 100-continue is answered only when the request is worth its body") {
  TestServer server;
  with_bucket(server);
  const protocol::Headers headers{{"Expect", "100-continue"}, {"Content-Length", "4"}};
  const auto head_of = [&](const std::string& target) {
    const std::string whole = server.signed_request(
        {.method = "PUT", .target = target, .headers = headers, .payload_hash = "UNSIGNED-PAYLOAD"});
    return whole.substr(0, whole.find("\r\n\r\n") + 4);
  };
  RawClient welcome(server.port());
  welcome.send(head_of("/films/a"));
  CHECK(welcome.read_answer().status == 100);
  welcome.send("data");
  CHECK(welcome.read_answer().status == 200);

  RawClient refused(server.port());
  refused.send(head_of("/films/a?partNumber=1&uploadId=nobody"));
  CHECK(refused.read_answer().status == 404);
}

TEST_CASE("A client that leaves in the middle of a body leaves nothing behind") {
  TestServer server;
  with_bucket(server);
  std::string request = server.signed_request({.method = "PUT",
                                               .target = "/films/a",
                                               .headers = {{"Content-Length", "1000000"}},
                                               .payload_hash = "UNSIGNED-PAYLOAD"});
  RawClient client(server.port());
  client.send(request + std::string(500'000, 'x'));
  client.half_close();
  client.read_to_end();
  CHECK_FALSE(exists(server, "/films/a"));
}
