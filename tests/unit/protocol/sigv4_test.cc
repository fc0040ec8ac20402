#include <stdexcept>

#include <partsmith/protocol/sigv4.h>
#include <partsmith/protocol/uri.h>

#include "catch.h"
#include "documented_key.h"

namespace partsmith::protocol::sigv4 {
namespace {

/// An example of the S3 API reference, "Signature Calculations for the Authorization Header".
struct Example {
  std::string_view method;
  std::string_view target;
  Headers headers;
  std::string_view payload;
  std::string_view signed_headers;
  std::string_view signature;
};

std::vector<Example> documented_examples() {
  const Headers::Field host{"Host", "examplebucket.s3.amazonaws.com"};
  return {
      {"GET",
       "/test.txt",
       {host, {"Range", "bytes=0-9"}},
       "",
       "host;range;x-amz-content-sha256;x-amz-date",
       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {"PUT",
       "/test%24file.text",
       {host, {"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
       "Welcome to Amazon S3.",
       "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
       "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
      {"GET",
       "/?lifecycle",
       {host},
       "",
       "host;x-amz-content-sha256;x-amz-date",
       "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {"GET",
       "/?max-keys=2&prefix=J",
       {host},
       "",
       "host;x-amz-content-sha256;x-amz-date",
       "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
  };
}

SignedRequest request_of(std::string_view target, const Headers& headers, std::vector<std::string> names) {
  const auto parts = split_target(target);
  return {"GET", parts.path, parts.query, &headers, std::move(names), empty_sha256};
}

/// The n-th line of the canonical request, from 0: method, path, query, headers ...
std::string canonical_line(std::string_view target, std::size_t line, const Headers& headers = {},
                           std::vector<std::string> names = {}) {
  auto text = canonical_request(request_of(target, headers, std::move(names)));
  for (; line > 0; --line) text.erase(0, text.find('\n') + 1);
  return text.substr(0, text.find('\n'));
}

std::string canonical_path(std::string_view path) {
  return canonical_line(path, 1);
}
std::string canonical_query(std::string_view query) {
  return canonical_line("/?" + std::string(query), 2);
}
std::string canonical_header(const Headers& headers) {
  return canonical_line("/", 3, headers, {"x-a"});
}

}  // namespace

TEST_CASE("The documented requests get the documented signatures") {
  for (const auto& example : documented_examples()) {
    CAPTURE(example.method, example.target);
    auto headers = example.headers;
    const auto hash = to_hex(sha256(as_bytes(example.payload)));
    CHECK(sign(headers, example.method, example.target, hash, documented::credentials(), "us-east-1",
               documented::now()) == example.signature);
    CHECK(headers.value("x-amz-date") == "20130524T000000Z");
    CHECK(headers.value("x-amz-content-sha256") == hash);
    CHECK(headers.value("Authorization") ==
          "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
          "SignedHeaders=" +
              std::string(example.signed_headers) + ", Signature=" + std::string(example.signature));
  }
}

TEST_CASE("The documented canonical request and string to sign") {
  const Headers headers{{"Host", "examplebucket.s3.amazonaws.com"},
                        {"Range", "bytes=0-9"},
                        {"x-amz-content-sha256", std::string(empty_sha256)},
                        {"x-amz-date", "20130524T000000Z"}};
  const auto canonical = canonical_request(
      request_of("/test.txt", headers, {"host", "range", "x-amz-content-sha256", "x-amz-date"}));
  CHECK(canonical ==
        "GET\n/test.txt\n\nhost:examplebucket.s3.amazonaws.com\nrange:bytes=0-9\n"
        "x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
        "x-amz-date:20130524T000000Z\n\nhost;range;x-amz-content-sha256;x-amz-date\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(string_to_sign("20130524T000000Z", documented::scope(), canonical) ==
        "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"
        "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
}

TEST_CASE("The documented presigned URL") {
  CHECK(presign("GET", "examplebucket.s3.amazonaws.com", "/test.txt", {}, documented::credentials(),
                "us-east-1", documented::now(), 86400) ==
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-"
        "east-1"
        "%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_CASE("The documented signatures of a body in chunks") {
  const auto all_a = [](std::size_t count) { return to_hex(sha256(as_bytes(std::string(count, 'a')))); };
  std::string previous = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
  const auto next = [&](std::size_t count) {
    return previous = chunk_signature(documented::key(), documented::amz_date, documented::scope(), previous,
                                      all_a(count));
  };
  CHECK(next(65536) == "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
  CHECK(next(1024) == "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
  CHECK(next(0) == "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
}

TEST_CASE("The documented seed of a body in chunks, and the one of a body with a trailer") {
  Headers headers{{"Host", "s3.amazonaws.com"},
                  {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                  {"Content-Encoding", "aws-chunked"},
                  {"x-amz-decoded-content-length", "66560"}};
  const auto seed = [&headers](std::string_view payload) {
    return sign(headers, "PUT", "/examplebucket/chunkObject.txt", payload, documented::credentials(),
                "us-east-1", documented::now());
  };
  SECTION("without a trailer") {
    headers.add("Content-Length", "66824");
    CHECK(seed("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") ==
          "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
  }
  SECTION("with a trailer") {
    headers.add("x-amz-trailer", "x-amz-checksum-crc32c");
    CHECK(seed("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") ==
          "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e");
  }
}

TEST_CASE("The documented signature of a trailer") {
  CHECK(trailer_signature(documented::key(), documented::amz_date, documented::scope(),
                          "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
                          "x-amz-checksum-crc32c:sOO8/Q==\n") ==
        "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435");
}

TEST_CASE("A path is signed as it was encoded once: not normalised, not encoded again") {
  CHECK(canonical_path("/b/a%20b") == "/b/a%20b");
  CHECK(canonical_path("/b/already%252Fencoded") == "/b/already%252Fencoded");
  CHECK(canonical_path("/b//double/../dots/.") == "/b//double/../dots/.");
  CHECK(canonical_path("") == "/");
}

TEST_CASE("A path that went over the wire otherwise than it was signed is understood") {
  CHECK(canonical_path("/b/%c3%bc") == "/b/%C3%BC");
  CHECK(canonical_path("/b/\xC3\xBC") == "/b/%C3%BC");
  CHECK(canonical_path("/b/%7Etilde%2D") == "/b/~tilde-");
  CHECK(canonical_path("/b/a!(c)") == "/b/a%21%28c%29");
}

TEST_CASE("A plus in a path is the space that Amazon S3 reads there, and %2B the plus") {
  CHECK(canonical_path("/b/a+b%2Bc%2bd") == "/b/a%20b%2Bc%2Bd");
  CHECK(canonical_path("/b/%zz+") == "/b/%25zz%20");
}

TEST_CASE("A signed name that no header has is signed as empty") {
  const Headers headers{{"Host", "h"}, {"X-A", "1"}};
  CHECK(canonical_request(request_of("/", headers, {"accept", "host", "transfer-encoding", "x-a"})) ==
        "GET\n/\n\naccept:\nhost:h\ntransfer-encoding:\nx-a:1\n\naccept;host;transfer-encoding;x-a\n" +
            std::string(empty_sha256));
}

TEST_CASE("A malformed percent sequence has some canonical form") {
  CHECK(canonical_path("/100%") == "/100%25");
  CHECK(canonical_path("/%zz%20%4") == "/%25zz%20%254");
  CHECK(canonical_query("a=%&b=%20%") == "a=%25&b=%20%25");
}

TEST_CASE("A query is sorted by its encoded names, then values") {
  CHECK(canonical_query("b=2&a=1&B=3") == "B=3&a=1&b=2");
  CHECK(canonical_query("a=2&a=1&a") == "a=&a=1&a=2");
  CHECK(canonical_query("prefix=x&prefix-2=y") == "prefix=x&prefix-2=y");
  CHECK(canonical_query("%C3%BC=1&z=2") == "%C3%BC=1&z=2");
}

TEST_CASE("A query's names without a value get an empty one, and empty pieces are nothing") {
  CHECK(canonical_query("uploads") == "uploads=");
  CHECK(canonical_query("&uploads&&") == "uploads=");
  CHECK(canonical_query("") == "");
}

TEST_CASE("A query's values are decoded and encoded anew, a plus being a space") {
  CHECK(canonical_query("prefix=a/b+c%2B=d") == "prefix=a%2Fb%20c%2B%3Dd");
}

TEST_CASE("A presigned query's signature is not part of what is signed") {
  CHECK(canonical_query("X-Amz-Signature=abc&X-Amz-Date=d") == "X-Amz-Date=d");
  CHECK(canonical_query("X-Amz-Signature") == "");
}

TEST_CASE("A header's value is trimmed and its white space folded") {
  CHECK(canonical_header({{"X-A", "  one   two \t three  "}}) == "x-a:one two three");
  CHECK(canonical_header({{"X-A", "\"a  b\""}}) == "x-a:\"a b\"");
  CHECK(canonical_header({{"X-A", ""}}) == "x-a:");
  CHECK(canonical_header({}) == "x-a:");
}

TEST_CASE("Headers of one name are joined in their order") {
  CHECK(canonical_header({{"X-A", " 1 "}, {"x-b", "no"}, {"x-a", "2"}, {"X-a", ""}}) == "x-a:1,2,");
}

TEST_CASE("What a proxy may change is not signed") {
  Headers headers{{"Host", "h"},
                  {"User-Agent", "u"},
                  {"Expect", "100-continue"},
                  {"Connection", "c"},
                  {"Transfer-Encoding", "t"},
                  {"X-Amzn-Trace-Id", "x"},
                  {"X-Forwarded-For", "f"},
                  {"Accept-Encoding", "identity"},
                  {"Content-Type", "text/plain"}};
  sign(headers, "PUT", "/b/k", unsigned_payload, documented::credentials(), "us-east-1", documented::now());
  CHECK(headers.value("Authorization")
            .find("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,") !=
        std::string_view::npos);
}

TEST_CASE("Signing the same headers once more replaces the first signature") {
  Headers headers{{"Host", "h"}};
  const auto first =
      sign(headers, "GET", "/b", empty_sha256, documented::credentials(), "us-east-1", documented::now());
  const auto count = headers.size();
  CHECK(sign(headers, "GET", "/b", empty_sha256, documented::credentials(), "us-east-1", documented::now()) ==
        first);
  CHECK(headers.size() == count);
}

TEST_CASE("A request without a host cannot be signed") {
  Headers headers;
  CHECK_THROWS_AS(
      sign(headers, "GET", "/", empty_sha256, documented::credentials(), "us-east-1", documented::now()),
      std::logic_error);
}

TEST_CASE("A session token is signed with the request") {
  auto credentials = documented::credentials();
  credentials.session_token = "to/ken+with==";
  SECTION("in the headers") {
    Headers headers{{"Host", "h"}};
    sign(headers, "GET", "/b", empty_sha256, credentials, "us-east-1", documented::now());
    CHECK(headers.value("x-amz-security-token") == "to/ken+with==");
    CHECK(headers.value("Authorization").find(";x-amz-security-token,") != std::string_view::npos);
  }
  SECTION("in the query") {
    const auto target = presign("GET", "h", "/b", {}, credentials, "us-east-1", documented::now(), 60);
    CHECK(target.find("&X-Amz-Security-Token=to%2Fken%2Bwith%3D%3D&") != std::string::npos);
  }
}

TEST_CASE("A declared payload hash takes the place of UNSIGNED-PAYLOAD in a presigned request") {
  const auto signature_with = [](const Headers& extra) {
    const auto target =
        presign("PUT", "h", "/b/k", extra, documented::credentials(), "us-east-1", documented::now(), 60);
    const auto parts = split_target(target);
    auto headers = extra;
    headers.add("host", "h");
    std::vector<std::string> names{"host"};
    if (extra.has("x-amz-content-sha256")) names.emplace_back("x-amz-content-sha256");
    const auto hash = extra.get("x-amz-content-sha256").value_or("UNSIGNED-PAYLOAD");
    const auto canonical = canonical_request({"PUT", parts.path, parts.query, &headers, names, hash});
    const auto expected =
        signature(documented::key(), string_to_sign(documented::amz_date, documented::scope(), canonical));
    CHECK(target.ends_with("&X-Amz-Signature=" + expected));
  };
  signature_with({});
  signature_with({{"x-amz-content-sha256", std::string(empty_sha256)}});
}

}  // namespace partsmith::protocol::sigv4
