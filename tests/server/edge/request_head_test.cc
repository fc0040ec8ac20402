/// What the handler sees of a request's head, and which heads never reach it.

#include <string>
#include <vector>

#include "catch.h"
#include "test_edge.h"

using namespace partsmith;
using namespace partsmith::test;
using BadKind = server::HttpEdge::BadHead::Kind;

namespace {

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("What can't become a head is refused at its first bytes, without waiting for more") {
  struct Case {
    std::string bytes;
    BadKind kind;
  };
  const auto bad = GENERATE(values<Case>({{std::string("\x16\x03\x01\x02", 4), BadKind::tls},
                                          {std::string("\0\0", 2), BadKind::malformed},
                                          {"\x80", BadKind::malformed},
                                          {"\xEF\xBB\xBFGET", BadKind::malformed},
                                          {"{", BadKind::malformed}}));
  TestEdge edge;
  CHECK(edge.connect().exchange(bad.bytes).status == 400);
  CHECK(edge.refusals.first(1).front() == std::pair{bad.kind, 400});
}

TEST_CASE("As many fields and parameters are read as are allowed") {
  TestEdge edge;
  auto client = edge.connect();
  const std::string parameters = "/?" + std::string(2000, '&');
  CHECK(client.exchange(get(parameters, repeated("a:\r\n", 1999))).status == 200);
}

TEST_CASE("Header fields arrive in their order, with their case, undecoded, empty ones too") {
  TestEdge edge;
  auto client = edge.connect();
  client.exchange(
      "GET / HTTP/1.1\r\nHost: h\r\nx-amz-copy-source: /b/a%20b%2Fc%00\r\nX-Empty:\r\nx-b: 2\r\nX-A: \t 1  1 "
      "\t\r\n"
      "x-b: 3\r\nX-Amz-Meta-Name: a+b%zz\xC3\xBC\r\n\r\n");
  const auto headers = edge.seen.first(1).front().headers;
  const std::vector<protocol::Headers::Field> got(headers.begin(), headers.end());
  CHECK(got == std::vector<protocol::Headers::Field>{{"Host", "h"},
                                                     {"x-amz-copy-source", "/b/a%20b%2Fc%00"},
                                                     {"X-Empty", ""},
                                                     {"x-b", "2"},
                                                     {"X-A", "1  1"},
                                                     {"x-b", "3"},
                                                     {"X-Amz-Meta-Name", "a+b%zz\xC3\xBC"}});
}

TEST_CASE("A target arrives as it was sent") {
  const auto target =
      GENERATE(as<std::string>{}, "/", "/bucket/a?b=c?d=e?f", "/bucket/%0A%0D%00", "/b/k?a=b=c&a=b&a=b",
               "/b/a+b?x=a+b", "/b//.././/k", "/b/k?", "/b/k#fragment", "/b/\xC3\xA4?q=\xFF", "*",
               "/" + std::string(10'000, 'k') + "?" + std::string(10'000, 'q'));
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange(get(target)).status == 200);
  CHECK(edge.seen.first(1).front().target == target);
}

TEST_CASE("A target in absolute form is reduced to its origin form, and names the host") {
  struct Case {
    std::string sent, target, host;
  };
  const auto [sent, target, host] =
      GENERATE(values<Case>({{"http://b.example:9000/k/%41?a=b", "/k/%41?a=b", "b.example:9000"},
                             {"HTTP://b.example", "/", "b.example"},
                             {"https://b.example?list-type=2", "/?list-type=2", "b.example"},
                             {"http://[::1]:9000/k", "/k", "[::1]:9000"}}));
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange(get(sent)).status == 200);
  const Seen seen = edge.seen.first(1).front();
  CHECK(seen.target == target);
  CHECK(seen.headers.all("Host") == std::vector<std::string_view>{host});
}

TEST_CASE("Every method reaches the handler, known or not") {
  const auto method = GENERATE(as<std::string>{}, "GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE",
                               "PROPFIND", "m-search");
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange(method + " /k HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab").body == "ab");
  CHECK(edge.seen.first(1).front().method == method);
}

TEST_CASE("A head that two readers could understand differently is refused, and the connection closed") {
  struct Case {
    std::string bytes;
    BadKind kind;
  };
  const std::string line = "PUT /k HTTP/1.1\r\nHost: h\r\n";
  const auto conflicting = BadKind::conflicting_framing;
  const auto malformed = BadKind::malformed;
  const auto bad = GENERATE_COPY(values<Case>({
      {line + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", conflicting},
      {line + "Content-Length: 1, 1\r\n\r\na", conflicting},
      {line + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", conflicting},
      {line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", conflicting},
      {line + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", conflicting},
      {line + "Transfer-Encoding: identity\r\n\r\n", conflicting},
      {line + "Transfer-Encoding: xchunked\r\n\r\n", conflicting},
      {line + "Transfer-Encoding:\r\n\r\n", conflicting},
      {"PUT /k HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", conflicting},
      {line + "Content-Length: -1\r\n\r\n", malformed},
      {line + "Content-Length: +1\r\n\r\na", malformed},
      {line + "Content-Length: 0x1\r\n\r\na", malformed},
      {line + "Content-Length: 1 1\r\n\r\na", malformed},
      {line + "Content-Length:\r\n\r\n", malformed},
      {line + "Content-Length: 18446744073709551616\r\n\r\n", malformed},
      {line + "X-Folded: a\r\n b\r\n\r\n", malformed},
      {line + " X-First-Folded: a\r\n\r\n", malformed},
      {line + "Content-Length : 1\r\n\r\na", malformed},
      {line + ": nameless\r\n\r\n", malformed},
      {line + "no colon\r\n\r\n", malformed},
      {line + "X-Bare: a\rb\r\n\r\n", malformed},
      {line + "X-Bare: a\nX-Other: b\r\n\r\n", malformed},
      {line + "X-Bare: a\n\n", malformed},
      {line + "X-Return: a\r\r\n\r\n", malformed},
      {line + std::string("X-Nul: a\0b\r\n\r\n", 14), malformed},
      {line + "Host: other\r\n\r\n", malformed},
      {std::string("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", 29), malformed},
      {"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", malformed},
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", malformed},
      {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", malformed},
      {"GET /\r\nHost: h\r\n\r\n", malformed},
      {"GET\r\n\r\n", malformed},
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", malformed},
      {"G(T / HTTP/1.1\r\nHost: h\r\n\r\n", malformed},
      {"GET k HTTP/1.1\r\nHost: h\r\n\r\n", malformed},
      {"GET ftp://h/k HTTP/1.1\r\nHost: h\r\n\r\n", malformed},
      {"GET http://user@h/k HTTP/1.1\r\nHost: h\r\n\r\n", malformed},
      {"GET http:///k HTTP/1.1\r\nHost: h\r\n\r\n", malformed},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", malformed},
      {"GET / http/1.1\r\nHost: h\r\n\r\n", malformed},
      {"GET / HTTP/1.1\nHost: h\n\n", malformed},
      {"\n", malformed},
      {"\x16\x03\x01 a TLS hello\n", BadKind::tls},
      {"GET /?" + std::string(2001, '&') + " HTTP/1.1\r\nHost: h\r\n\r\n", BadKind::too_large},
      {line + repeated("a:\r\n", 2000) + "\r\n", BadKind::too_large},
      {"GET / HTTP/1.1\r\n\r\n", BadKind::missing_host},
      {"GET http://h/ HTTP/1.1\r\n\r\n", BadKind::missing_host},
  }));
  INFO(bad.bytes);
  TestEdge edge;
  auto client = edge.connect();
  const auto answer = client.exchange(bad.bytes + get("/smuggled"));
  CHECK(answer.status == 400);
  CHECK(answer.headers.value("Connection") == "close");
  CHECK(answer.body == "bad head");
  CHECK(client.read_to_end().bytes.empty());
  CHECK(edge.bad_heads.first(1).front() == bad.kind);
  CHECK(edge.seen.size() == 0);
}

TEST_CASE("A head of 64 KiB is read, a larger one is refused") {
  TestEdge edge;
  const std::string frame = "GET / HTTP/1.1\r\nHost: h\r\nX-Long: \r\n\r\n";
  const std::size_t most = 64 * 1024;
  const auto with_length = [&](std::size_t size) {
    return "GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + std::string(size - frame.size(), 'x') + "\r\n\r\n";
  };
  CHECK(edge.connect().exchange(with_length(most)).status == 200);
  SECTION("by a byte") {
    CHECK(edge.connect().exchange(with_length(most + 1)).status == 400);
  }
  SECTION("without an end") {
    auto client = edge.connect();
    CHECK(client.exchange(std::string(most + 1, 'x')).status == 400);
  }
  SECTION("by so much that the client still sends when it is refused") {
    auto client = edge.connect();
    CHECK(client.exchange(with_length(8 * 1024 * 1024)).status == 400);
  }
  CHECK(edge.bad_heads.first(1).front() == BadKind::too_large);
}

TEST_CASE("Content-Length repeated with the same value is one length") {
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab")
            .body == "ab");
}

TEST_CASE("Empty lines before a request line are skipped, however they arrive") {
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange("\r\n\r\n" + get("/k")).status == 200);
  for (const char c : "\r\n\r\n" + get("/slow")) client.send({&c, 1});
  CHECK(client.read_answer().status == 200);
}

TEST_CASE("A head may arrive byte by byte") {
  TestEdge edge;
  auto client = edge.connect();
  for (const char c : get("/slow")) client.send({&c, 1});
  CHECK(client.read_answer().status == 200);
  CHECK(edge.seen.first(1).front().target == "/slow");
}

TEST_CASE("The Range header is the handler's: the edge changes neither status nor body for it") {
  const auto range =
      GENERATE(as<std::string>{}, "bytes=1-2", "bytes=0-0,2-3", "bytes=9-1", "lines=1-2", "bytes=-", "");
  const auto status = GENERATE(200, 206, 404);
  TestEdge edge([&](server::Request& request) {
    return server::Response{.status = status,
                            .headers = {{"X-Range", std::string(request.headers.value("Range"))}},
                            .body = "abcdef"};
  });
  const auto answer = edge.connect().exchange(get("/k", "Range: " + range + "\r\n"));
  CHECK(answer.status == status);
  CHECK(answer.body == "abcdef");
  CHECK(answer.head.find("X-Range: " + range + "\r\n") != std::string::npos);
}

TEST_CASE("The client's address comes with the request") {
  TestEdge edge;
  edge.connect().exchange(get("/"));
  CHECK(edge.seen.first(1).front().peer_address == "127.0.0.1");
}
