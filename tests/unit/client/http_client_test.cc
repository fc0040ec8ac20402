#include <partsmith/client/http_client.h>

#include "catch.h"
#include "fake_server.h"

using namespace partsmith;
using namespace partsmith::client;
using test::answer_of;
using test::FakeConnection;
using test::FakeServer;

namespace {

HttpRequest request_to(const FakeServer& server, std::string method = "GET", std::string target = "/") {
  HttpRequest request;
  request.origin = {false, "127.0.0.1", server.port()};
  request.method = std::move(method);
  request.target = std::move(target);
  return request;
}

/// The one answer of a server that says these bytes and closes.
std::expected<HttpAnswer, ClientError> answer_to(std::string_view bytes, std::string method = "GET",
                                                 const HttpOptions& options = {}) {
  FakeServer server([&](FakeConnection& connection) {
    FakeConnection::Request request;
    if (connection.read(request)) connection.send(bytes);
  });
  HttpClient client(options);
  return client.send(request_to(server, std::move(method)));
}

}  // namespace

TEST_CASE("A request goes out as it was said: target, header order, case and values") {
  std::string head;
  FakeServer server([&](FakeConnection& connection) {
    FakeConnection::Request request;
    if (!connection.read(request)) return;
    head = request.head;
    connection.send(answer_of(200, {}, ""));
  });
  auto request = request_to(server, "PUT", "/a%2fb/../c?x=%zz&&y");
  request.headers = {{"Host", "elsewhere"}, {"x-B", "  two  spaces "}, {"X-a", ""}, {"x-B", "again"}};
  request.body = "1234";
  HttpClient client;
  REQUIRE(client.send(request));
  CHECK(
      head ==
      "PUT /a%2fb/../c?x=%zz&&y HTTP/1.1\r\nHost: elsewhere\r\nx-B:   two  spaces \r\nX-a: \r\nx-B: again\r\n"
      "Content-Length: 4\r\n\r\n");
}

TEST_CASE("Answers are read whole, however their length is told") {
  struct Case {
    std::string bytes;
    int status;
    std::string body;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: "
       "x\r\n\r\n",
       200, "hello"},
      {"HTTP/1.1 200 OK\r\n\r\nhello", 200, "hello"},
      {"HTTP/1.0 200 OK\r\n\r\nhello", 200, "hello"},
      {"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""},
      {"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
      {"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", 404, ""},
      {"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
  };
  for (const auto& one : cases) {
    INFO(one.bytes);
    const auto answer = answer_to(one.bytes);
    REQUIRE(answer);
    CHECK(answer->status == one.status);
    CHECK(answer->body == one.body);
    CHECK(answer->body_length == one.body.size());
  }
}

TEST_CASE("An answer to HEAD has no body, whatever length it tells") {
  const auto answer = answer_to("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", "HEAD");
  REQUIRE(answer);
  CHECK(answer->headers.value("content-length") == "500");
  CHECK(answer->body.empty());
}

TEST_CASE("What is no HTTP answer is malformed") {
  for (const std::string bytes :
       {"SSH-2.0-OpenSSH\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n"}) {
    INFO(bytes);
    const auto answer = answer_to(bytes);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::malformed);
  }
}

TEST_CASE("An answer that breaks off is cut, never shorter") {
  for (const std::string bytes :
       {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
    INFO(bytes);
    const auto answer = answer_to(bytes);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::cut);
    CHECK(answer.error().retryable());
  }
}

TEST_CASE("A line without an end does not fill the memory") {
  const auto answer = answer_to("HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x'));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::malformed);
}

TEST_CASE("An answer larger than allowed is refused") {
  const auto answer = answer_to(answer_of(200, {}, std::string(1001, 'x')), "GET", {.max_body = 1000});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::too_large);
}

TEST_CASE("A server that says nothing runs out of time") {
  FakeServer server([](FakeConnection& connection) { connection.read_to_end(); });
  SECTION("between bytes") {
    HttpClient client({.idle_timeout = std::chrono::milliseconds(20)});
    const auto answer = client.send(request_to(server));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::timeout);
  }
  SECTION("as a whole") {
    HttpClient client({.total_timeout = std::chrono::milliseconds(20)});
    const auto answer = client.send(request_to(server));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::timeout);
  }
}

TEST_CASE("Nobody listening is an error of connecting") {
  std::uint16_t port = 0;
  {
    FakeServer gone([](FakeConnection&) {});
    port = gone.port();
  }
  HttpRequest request;
  request.origin = {false, "127.0.0.1", port};
  request.method = "GET";
  request.target = "/";
  HttpClient client;
  const auto answer = client.send(request);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::connect);
}

TEST_CASE("The body of a good answer goes to the sink, of a bad one into the answer") {
  FakeServer server(FakeServer::answering([](const FakeServer::Request& request) {
    return answer_of(request.target == "/good" ? 200 : 404, {}, "body");
  }));
  HttpClient client;
  std::string received;
  const HttpClient::Sink sink = [&](ByteView bytes) {
    received += as_text(bytes);
    return true;
  };
  const auto good = client.send(request_to(server, "GET", "/good"), sink);
  REQUIRE(good);
  CHECK(received == "body");
  CHECK(good->body.empty());
  const auto bad = client.send(request_to(server, "GET", "/bad"), sink);
  REQUIRE(bad);
  CHECK(received == "body");
  CHECK(bad->body == "body");
}

TEST_CASE("A sink that stops ends the answer") {
  FakeServer server(FakeServer::answering([](const auto&) { return answer_of(200, {}, "body"); }));
  HttpClient client;
  const auto answer = client.send(request_to(server), [](ByteView) { return false; });
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::sink);
}

TEST_CASE("A streamed body is sent at its stated length") {
  std::string received;
  FakeServer server([&](FakeConnection& connection) {
    FakeConnection::Request request;
    if (!connection.read(request)) return;
    received = request.body;
    connection.send(answer_of(200, {}, ""));
  });
  HttpClient client;
  auto request = request_to(server, "PUT");
  std::size_t left = 100'000;
  request.body =
      Body::stream(left, [&](std::span<std::uint8_t> into) -> std::expected<std::size_t, std::string> {
        const auto count = std::min({into.size(), left, std::size_t{777}});
        std::fill_n(into.begin(), count, std::uint8_t{'x'});
        left -= count;
        return count;
      });
  REQUIRE(client.send(request));
  CHECK(received == std::string(100'000, 'x'));
}

TEST_CASE("A body that fails or ends early is told, and its connection not used again") {
  FakeServer server(FakeServer::answering([](const auto&) { return answer_of(200, {}, ""); }));
  HttpClient client;
  auto request = request_to(server, "PUT");
  using Read = std::expected<std::size_t, std::string>;
  SECTION("fails") {
    request.body =
        Body::stream(5, [](std::span<std::uint8_t>) -> Read { return std::unexpected("disk on fire"); });
  }
  SECTION("ends early") {
    request.body = Body::stream(5, [](std::span<std::uint8_t>) -> Read { return std::size_t{0}; });
  }
  const auto answer = client.send(request);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::source);
  CHECK_FALSE(answer.error().retryable());
  CHECK(client.send(request_to(server)));
  CHECK(server.accepted() == 2);
}

TEST_CASE("A request that is asked to stop ends at once, whatever it waits for") {
  std::stop_source stop;
  FakeServer server([&](FakeConnection& connection) {
    FakeServer::Request request;
    connection.read(request);
    stop.request_stop();
    connection.read_to_end();
  });
  HttpRequest request;
  request.origin = {false, "127.0.0.1", server.port()};
  request.method = "GET";
  request.target = "/";
  request.stop = stop.get_token();
  HttpClient client;
  const auto answer = client.send(request);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::stopped);
}
