#include <partsmith/client/http_client.h>

#include "catch.h"
#include "fake_server.h"

using namespace partsmith;
using namespace partsmith::client;
using test::answer_of;
using test::FakeConnection;
using test::FakeServer;

namespace {

HttpRequest request_to(const FakeServer& server, std::string method = "GET") {
  HttpRequest request;
  request.origin = {false, "127.0.0.1", server.port()};
  request.method = std::move(method);
  request.target = "/";
  return request;
}

}  // namespace

TEST_CASE("Requests one after another share a connection") {
  FakeServer server(FakeServer::answering([](const auto&) { return answer_of(200, {}, "x"); }));
  HttpClient client;
  for (int i = 0; i < 5; ++i) REQUIRE(client.send(request_to(server)));
  CHECK(server.accepted() == 1);
}

TEST_CASE("An answer that closes its connection is believed") {
  FakeServer server(
      FakeServer::answering([](const auto&) { return answer_of(200, {{"Connection", "close"}}, "x"); }));
  HttpClient client;
  for (int i = 0; i < 3; ++i) REQUIRE(client.send(request_to(server)));
  CHECK(server.accepted() == 3);
}

TEST_CASE("Connections that have been idle for too long are not used") {
  FakeServer server(FakeServer::answering([](const auto&) { return answer_of(200, {}, "x"); }));
  HttpClient client({.keep_alive = std::chrono::milliseconds(0)});
  for (int i = 0; i < 3; ++i) REQUIRE(client.send(request_to(server)));
  CHECK(server.accepted() == 3);
}

TEST_CASE("An idempotent request whose kept connection ends unanswered is sent again; any other is not") {
  FakeServer server([](FakeConnection& connection) {
    FakeConnection::Request request;
    if (!connection.read(request)) return;
    connection.send(answer_of(200, {}, "first"));
    if (connection.number == 0) {
      connection.read_head(request);  // and closes without a word
    } else if (connection.read(request)) {
      connection.send(answer_of(200, {}, "second"));
    }
  });
  HttpClient client;
  REQUIRE(client.send(request_to(server)));
  SECTION("GET") {
    const auto answer = client.send(request_to(server, "GET"));
    REQUIRE(answer);
    CHECK(answer->body == "first");
    CHECK(server.accepted() == 2);
  }
  SECTION("POST") {
    const auto answer = client.send(request_to(server, "POST"));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::cut);
    CHECK(server.accepted() == 1);
  }
}

TEST_CASE("A request is never sent again once a byte of its answer has come") {
  std::atomic<int> requests = 0;
  FakeServer server([&](FakeConnection& connection) {
    FakeConnection::Request request;
    while (connection.read(request)) {
      if (++requests == 1) {
        connection.send(answer_of(200, {}, "x"));
      } else {
        connection.send("HTTP/1.1 200");
        return;
      }
    }
  });
  HttpClient client;
  REQUIRE(client.send(request_to(server)));
  const auto answer = client.send(request_to(server));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::cut);
  CHECK(requests == 2);
}

TEST_CASE("An answer that comes before the body is sent ends the sending, and the connection") {
  FakeServer server([](FakeConnection& connection) {
    FakeConnection::Request request;
    if (!connection.read_head(request)) return;
    connection.send(answer_of(403, {}, "not you"));
    connection.read_to_end();
  });
  HttpClient client;
  auto request = request_to(server, "PUT");
  std::uint64_t pulled = 0;
  request.body = Body::stream(std::uint64_t{1} << 40, [&](std::span<std::uint8_t> into) {
    pulled += into.size();
    return std::expected<std::size_t, std::string>(into.size());
  });
  const auto answer = client.send(request);
  REQUIRE(answer);
  CHECK(answer->status == 403);
  CHECK(pulled < (std::uint64_t{1} << 30));
  REQUIRE(client.send(request_to(server)));
  CHECK(server.accepted() == 2);
}

TEST_CASE("Expect: 100-continue waits for permission before the body") {
  std::string order;
  FakeServer server([&](FakeConnection& connection) {
    FakeConnection::Request request;
    if (!connection.read_head(request)) return;
    if (request.target == "/refused") {
      connection.send(answer_of(403, {}, "no"));
      connection.read_to_end();
      return;
    }
    order += "permitted ";
    connection.send("HTTP/1.1 100 Continue\r\n\r\n");
    if (!connection.read_body(request)) return;
    order += request.body;
    connection.send(answer_of(200, {}, "yes"));
  });
  HttpClient client({.continue_wait = std::chrono::seconds(60)});
  auto request = request_to(server, "PUT");
  request.headers.add("Expect", "100-continue");
  bool opened = false;
  request.body = Body::stream(4, [&](std::span<std::uint8_t> into) {
    opened = true;
    std::fill_n(into.begin(), 4, std::uint8_t{'x'});
    return std::expected<std::size_t, std::string>(4);
  });
  SECTION("and sends it when it is given") {
    const auto answer = client.send(request);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(order == "permitted xxxx");
  }
  SECTION("and keeps it when it is not") {
    request.target = "/refused";
    const auto answer = client.send(request);
    REQUIRE(answer);
    CHECK(answer->status == 403);
    CHECK_FALSE(opened);
  }
}

TEST_CASE("Many threads share one client") {
  FakeServer server(FakeServer::answering(
      [](const FakeServer::Request& request) { return answer_of(200, {}, request.body); }));
  HttpClient client;
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (int j = 0; j < 20; ++j) {
          auto request = request_to(server, "PUT");
          const auto text = std::to_string(i) + ' ' + std::to_string(j);
          request.body = text;
          const auto answer = client.send(request);
          if (!answer || answer->body != text) ++wrong;
        }
      });
    }
  }
  CHECK(wrong == 0);
  CHECK(server.accepted() <= 8);
}
