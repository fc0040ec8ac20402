#include "operations/stored_headers.h"

#include "catch.h"
#include "query_headers.h"

using namespace partsmith;
using protocol::ErrorCode;
using protocol::Headers;
using server::StoredHeader;

namespace {

/// What a header may say, whatever its row.
std::string good_value(const StoredHeader& row) {
  return row.value == StoredHeader::Value::redirect ? "/elsewhere" : "text";
}

Headers from_query(const std::string& query) {
  const auto headers = server::headers_with_query({}, *protocol::Query::parse(query));
  REQUIRE(headers);
  return headers->value_or(Headers{});
}

ErrorCode refusal_of(const std::string& query, const Headers& head = {}) {
  const auto taken = server::headers_with_query(head, *protocol::Query::parse(query));
  REQUIRE(!taken);
  return taken.error().code;
}

}  // namespace

TEST_CASE("Each header of the table is stored as it came") {
  for (const StoredHeader& row : server::stored_headers) {
    INFO(row.name);
    const auto stored =
        server::stored_headers_from({{std::string(row.name), good_value(row)}, {"Content-Type", "text"}});
    REQUIRE(stored);
    CHECK(std::ranges::find(*stored, std::pair(std::string(row.name), good_value(row))) != stored->end());
  }
}

TEST_CASE("A redirect leads to a path or to the web") {
  const auto with = [](std::string value) {
    return server::stored_headers_from({{"x-amz-website-redirect-location", std::move(value)}});
  };
  for (const char* good : {"/", "/a b", "http://a/", "https://a"}) CHECK(with(good));
  for (const char* bad : {"foo", "ftp://a/", "HTTP://a/", " /", "javascript:alert(1)"}) {
    INFO(bad);
    const auto refused = with(bad);
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::InvalidRedirectLocation);
  }
  CHECK(with("/" + std::string(2047, 'a')));
  CHECK(!with("/" + std::string(2048, 'a')));
}

TEST_CASE("Encodings are those of the object, without the transfer's") {
  const auto stored =
      server::stored_headers_from({{"Content-Encoding", "aws-chunked,gzip, AWS-chunked"},
                                   {"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}});
  REQUIRE(stored);
  CHECK(*stored ==
        storage::NameValues{{"content-type", "binary/octet-stream"}, {"content-encoding", "gzip"}});
}

TEST_CASE("An object whose body did not come in chunks may say aws-chunked") {
  const auto stored = server::stored_headers_from({{"Content-Encoding", "aws-chunked,gzip"}});
  REQUIRE(stored);
  CHECK(*stored == storage::NameValues{{"content-type", "binary/octet-stream"},
                                       {"content-encoding", "aws-chunked,gzip"}});
}

TEST_CASE("A copy keeps its source's headers, but a redirect is the request's") {
  const auto kept = server::copied_headers({{"expires", "0"}, {"x-amz-website-redirect-location", "/old"}},
                                           {{"expires", "1"}, {"x-amz-website-redirect-location", "/new"}});
  CHECK(kept == storage::NameValues{{"expires", "0"}, {"x-amz-website-redirect-location", "/new"}});
}

TEST_CASE("What an older store holds splits no answer") {
  storage::ObjectAttributes attributes;
  attributes.user_metadata = {{"a\r\nset-cookie: b", "1"}, {"", "2"}, {"good", "3\r\n"}};
  attributes.headers = {{"content-type", "a/b\r\nSet-Cookie: c\x1b"}, {"bad name", "x"}};
  Headers answer;
  server::add_stored(answer, attributes);
  CHECK(answer.size() == 3);
  CHECK(answer.value("x-amz-meta-good") == "=?UTF-8?B?Mw0K?=");
  CHECK(answer.value("x-amz-missing-meta") == "2");
  CHECK(answer.value("content-type") == "a/b  Set-Cookie: c ");
}

TEST_CASE("Parameters of a presigned URL count as headers") {
  const Headers headers = from_query(
      "X-Amz-Meta-A=%C3%A9%0D%0A&x-amz-storage-class=GLACIER&x-amz-signature=s&uploads&x-amz-checksum-crc32="
      "c");
  CHECK(headers.size() == 2);
  CHECK(headers.value("x-amz-meta-a") == "=?UTF-8?B?w6kNCg==?=");
  CHECK(headers.value("x-amz-storage-class") == "GLACIER");
}

TEST_CASE("Parameters that no head can carry are refused") {
  const auto query = GENERATE(
      as<std::string>{}, "x-amz-meta-a%0D%0AB=v", "x-amz-meta-a%20=v", "x-amz-meta-%C3%A9=v",
      "x-amz-meta-a%00=v", "x-amz-meta-a:=v", "x-amz-website-redirect-location=/%0D%0Aa:b",
      "x-amz-server-side-encryption-aws-kms-key-id=%1B", "x-amz-website-redirect-location=/%E2%80%94");
  INFO(query);
  CHECK(refusal_of(query) == ErrorCode::InvalidArgument);
}

TEST_CASE("What a presigned URL says twice must be one thing") {
  CHECK(refusal_of("x-amz-acl=private&X-Amz-Acl=public-read") == ErrorCode::InvalidArgument);
  CHECK(refusal_of("x-amz-acl=private", {{"X-Amz-Acl", "public-read"}}) == ErrorCode::InvalidArgument);
  const Headers head{{"X-Amz-Acl", "private"}};
  const auto same =
      server::headers_with_query(head, *protocol::Query::parse("x-amz-acl=private&x-amz-acl=private"));
  REQUIRE(same);
  CHECK_FALSE(*same);
}

TEST_CASE("Parameters are Latin-1 in a head") {
  CHECK(server::header_from_parameter("response-expires", "\u00e9") == "\xe9");
  for (const char* bad : {"\u2014", "\xff", "a\nb", "\x7f"}) {
    const auto refused = server::header_from_parameter("response-expires", bad);
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::InvalidArgument);
    CHECK(refused.error().fields.front() ==
          std::pair<std::string, std::string>("ArgumentName", "response-expires"));
  }
}
