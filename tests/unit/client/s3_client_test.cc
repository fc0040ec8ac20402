#include <partsmith/client/s3_client.h>
#include <partsmith/protocol/aws_chunked.h>
#include <partsmith/protocol/dates.h>

#include "catch.h"

using namespace partsmith;
using namespace partsmith::client;

namespace {

class FixedClock final : public Clock {
 public:
  TimePoint now() const override { return *protocol::parse_amz_date("20260221T001810Z"); }
};

const FixedClock the_time;

S3Client client_with(protocol::sigv4::Credentials credentials = {"AKID", "secret", ""},
                     std::string_view url = "http://localhost:9000",
                     Addressing addressing = Addressing::path) {
  S3ClientOptions options;
  options.credentials = std::move(credentials);
  options.region = "eu-west-1";
  return {*Endpoint::parse(url, addressing), std::move(options), the_time};
}

S3Request put(Body body = "hello") {
  S3Request request;
  request.method = "PUT";
  request.bucket = "bucket";
  request.key = "a key";
  request.body = std::move(body);
  return request;
}

std::string whole(const Body& body) {
  std::string text;
  const auto pull = body.open();
  Bytes buffer(1000);
  while (true) {
    const auto count = pull(buffer);
    REQUIRE(count);
    if (*count == 0) return text;
    text += as_text(ByteView(buffer).first(*count));
  }
}

std::string content_sha256(const HttpRequest& request) {
  return std::string(request.headers.value("x-amz-content-sha256"));
}

}  // namespace

TEST_CASE("A request is addressed, its query encoded, its parts signed") {
  auto request = put();
  request.parameter("uploads").parameter("empty", "").parameter("a b", "c/d&e=");
  request.header("x-amz-meta-colour", "green");
  const auto prepared = client_with().prepare(request);
  CHECK(prepared.target == "/bucket/a%20key?uploads&empty=&a%20b=c%2Fd%26e%3D");
  CHECK(prepared.headers.value("host") == "localhost:9000");
  CHECK(prepared.headers.value("x-amz-date") == "20260221T001810Z");
  CHECK(content_sha256(prepared) == to_hex(sha256(as_bytes("hello"))));
  CHECK(prepared.headers.value("authorization")
            .starts_with("AWS4-HMAC-SHA256 Credential=AKID/20260221/eu-west-1/s3/aws4_request, "
                         "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-meta-colour, Signature="));
}

TEST_CASE("A virtual-hosted request goes to the bucket's host") {
  const auto prepared =
      client_with({"AKID", "secret", ""}, "http://localhost:9000", Addressing::virtual_hosted).prepare(put());
  CHECK(prepared.origin.host == "bucket.localhost");
  CHECK(prepared.headers.value("host") == "bucket.localhost:9000");
  CHECK(prepared.target == "/a%20key");
}

TEST_CASE("A session token is sent and signed") {
  const auto prepared = client_with({"AKID", "secret", "token"}).prepare(put());
  CHECK(prepared.headers.value("x-amz-security-token") == "token");
  CHECK(prepared.headers.value("authorization").find("x-amz-security-token") != std::string_view::npos);
}

TEST_CASE("Anonymous requests carry no signature") {
  auto request = put();
  SECTION("by the request") {
    request.signing = Signing::anonymous;
    CHECK_FALSE(client_with().prepare(request).headers.has("authorization"));
  }
  SECTION("for want of a key") {
    CHECK_FALSE(client_with({}).prepare(request).headers.has("authorization"));
    request.signing = Signing::presigned;
    CHECK(client_with({}).prepare(request).target == "/bucket/a%20key");
  }
}

TEST_CASE("A presigned URL holds the signature in its query") {
  auto request = put();
  request.parameter("partNumber", "1");
  request.presigned_seconds = 60;
  const auto url = client_with().presigned_url(request);
  CHECK(
      url.starts_with("http://localhost:9000/bucket/a%20key?partNumber=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&"));
  CHECK(url.find("X-Amz-Expires=60&") != std::string::npos);
  CHECK(url.find("&X-Amz-Signature=") != std::string::npos);
  request.signing = Signing::presigned;
  const auto prepared = client_with().prepare(request);
  CHECK_FALSE(prepared.headers.has("authorization"));
  CHECK("http://localhost:9000" + prepared.target == url);
}

TEST_CASE("The payload form decides what is signed of the body") {
  auto request = put();
  SECTION("unsigned") {
    request.payload = Payload::unsigned_whole;
    CHECK(content_sha256(client_with().prepare(request)) == "UNSIGNED-PAYLOAD");
  }
  SECTION("a stream can't be hashed before it is sent") {
    request.body =
        Body::stream(5, [](std::span<std::uint8_t>) { return std::expected<std::size_t, std::string>(0); });
    CHECK(content_sha256(client_with().prepare(request)) == "UNSIGNED-PAYLOAD");
  }
  SECTION("stated by the caller, right or wrong") {
    request.header("x-amz-content-sha256", "something");
    const auto prepared = client_with().prepare(request);
    CHECK(prepared.headers.all("x-amz-content-sha256") == std::vector<std::string_view>{"something"});
  }
}

TEST_CASE("aws-chunked bodies decode to what was sent, at the stated length") {
  const std::string content(20'000, 'x');
  const auto payload =
      GENERATE(Payload::unsigned_trailer, Payload::signed_chunks, Payload::signed_chunks_trailer);
  const auto client = client_with();
  auto request = put(content);
  request.payload = payload;
  request.chunk_bytes = 8192;
  const bool trailer = payload != Payload::signed_chunks;
  if (trailer) request.trailer = ChecksumAlgorithm::crc32c;
  const auto prepared = client.prepare(request);
  CHECK(prepared.headers.value("content-encoding") == "aws-chunked");
  CHECK(prepared.headers.value("x-amz-decoded-content-length") == "20000");
  CHECK(prepared.headers.value("x-amz-trailer") == (trailer ? "x-amz-checksum-crc32c" : ""));

  const auto form = protocol::streaming_payload(content_sha256(prepared));
  REQUIRE(form);
  std::optional<protocol::ChunkSigning> signing;
  if (form->signed_chunks) {
    const protocol::sigv4::Scope scope{"20260221", "eu-west-1", "s3"};
    const std::string authorization(prepared.headers.value("authorization"));
    signing = {protocol::sigv4::signing_key("secret", scope), "20260221T001810Z", scope,
               authorization.substr(authorization.find("Signature=") + 10)};
  }
  const auto encoded = whole(prepared.body);
  CHECK(prepared.body.length() == encoded.size());
  protocol::AwsChunkedDecoder decoder(*form, signing);
  std::string decoded;
  REQUIRE(decoder.feed(as_bytes(encoded), [&](ByteView bytes) {
    decoded += as_text(bytes);
    return true;
  }));
  REQUIRE(decoder.finish());
  CHECK(decoded == content);
  const auto expected = trailer ? checksum_of(ChecksumAlgorithm::crc32c, as_bytes(content)).base64() : "";
  CHECK(decoder.trailers().value("x-amz-checksum-crc32c") == expected);
}

TEST_CASE("An encoded body can be sent again, unless what it encodes is read once") {
  auto request = put(std::string(20'000, 'x'));
  request.payload = GENERATE(Payload::unsigned_trailer, Payload::signed_chunks_trailer);
  request.trailer = ChecksumAlgorithm::crc32c;
  const auto prepared = client_with().prepare(request);
  CHECK(prepared.body.repeatable());
  CHECK(whole(prepared.body) == whole(prepared.body));
  request.body = Body::stream(1, [](std::span<std::uint8_t>) { return std::size_t{0}; });
  CHECK_FALSE(client_with().prepare(request).body.repeatable());
}

TEST_CASE("A trailer may be stated wrong on purpose") {
  auto request = put();
  request.payload = Payload::unsigned_trailer;
  request.trailer = ChecksumAlgorithm::crc32;
  request.stated_trailer = {"x-amz-checksum-crc32", "AAAAAA=="};
  const auto prepared = client_with().prepare(request);
  const auto encoded = whole(prepared.body);
  CHECK(encoded == "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n");
  CHECK(prepared.body.length() == encoded.size());
}

TEST_CASE("A prepared request outlives the request it was made from") {
  HttpRequest prepared;
  {
    auto request = put(std::string(1000, 'y'));
    request.payload = Payload::unsigned_trailer;
    prepared = client_with().prepare(request);
  }
  CHECK(whole(prepared.body).starts_with("3e8\r\nyyyy"));
}

TEST_CASE("Error documents become values") {
  S3Answer answer;
  answer.status = 400;
  answer.body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>EntityTooSmall</Code><Message>small</Message>"
      "<ProposedSize>4</ProposedSize><PartNumber>1</PartNumber></Error>";
  const S3Failure expected{400, "EntityTooSmall", "small", {{"ProposedSize", "4"}, {"PartNumber", "1"}}};
  CHECK(answer.failure() == expected);
  CHECK(expected.field("PartNumber") == "1");
  CHECK_FALSE(expected.field("ETag"));

  answer.body = "<html>502</html>";
  CHECK(answer.failure() == S3Failure{400, "", "", {}});
  answer.status = 200;
  CHECK_FALSE(answer.failure());
}

TEST_CASE("An error document in a 200 is found where it may be one") {
  S3Answer answer;
  answer.status = 200;
  answer.body = "  \n<Error><Code>InternalError</Code><Message>again</Message></Error>";
  CHECK_FALSE(answer.failure());
  const auto failure = answer.failure_even_in_200();
  REQUIRE(failure);
  CHECK(failure->code == "InternalError");
  CHECK(ClientError(*failure).retryable());
}

TEST_CASE("What S3 asks to try again is retryable, what it refuses is not") {
  struct Case {
    S3Failure failure;
    bool retryable;
  };
  const Case cases[] = {{{503, "SlowDown", "", {}}, true},       {{400, "RequestTimeout", "", {}}, true},
                        {{500, "InternalError", "", {}}, true},  {{502, "", "", {}}, true},
                        {{429, "TooMany", "", {}}, true},        {{404, "NoSuchUpload", "", {}}, false},
                        {{400, "BadDigest", "", {}}, false},     {{403, "AccessDenied", "", {}}, false},
                        {{501, "NotImplemented", "", {}}, false}};
  for (const auto& one : cases) {
    INFO(one.failure.status << ' ' << one.failure.code);
    CHECK(ClientError(one.failure).retryable() == one.retryable);
  }
}
