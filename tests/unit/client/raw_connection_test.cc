#include <partsmith/client/raw_connection.h>

#include "catch.h"
#include "fake_server.h"

using namespace partsmith::client;
using partsmith::test::FakeConnection;
using partsmith::test::FakeServer;

namespace {

Origin origin_of(const FakeServer& server) {
  return {false, "127.0.0.1", server.port()};
}

}  // namespace

TEST_CASE("Raw bytes go out as they are, and answers are read one by one") {
  std::string head;
  FakeServer server([&](FakeConnection& connection) {
    FakeConnection::Request request;
    if (!connection.read_head(request)) return;
    head = request.head;
    connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\nbad");
  });
  auto connection = RawConnection::open(origin_of(server));
  REQUIRE(connection);
  REQUIRE(connection->send("GET  /\x01 HTTP/9\nHost\r\n\r\n"));
  const auto interim = connection->read_answer();
  REQUIRE(interim);
  CHECK(interim->status == 100);
  const auto last = connection->read_answer();
  REQUIRE(last);
  CHECK(last->status == 400);
  CHECK(last->body == "bad");
  CHECK(head == "GET  /\x01 HTTP/9\nHost\r\n\r\n");
  const auto rest = connection->read_to_end();
  REQUIRE(rest);
  CHECK(rest->bytes.empty());
  CHECK(rest->closed);
}

TEST_CASE("A connection that the server resets is told from one that it closes") {
  FakeServer server([](FakeConnection& connection) {
    FakeConnection::Request request;
    if (connection.read_head(request)) connection.reset();
  });
  auto connection = RawConnection::open(origin_of(server));
  REQUIRE(connection);
  REQUIRE(connection->send("GET / HTTP/1.1\r\n\r\n"));
  const auto rest = connection->read_to_end();
  REQUIRE(rest);
  CHECK_FALSE(rest->closed);
}

TEST_CASE("The end of what is sent can be told while the answer is awaited") {
  FakeServer server([](FakeConnection& connection) {
    if (connection.read_to_end()) connection.send("HTTP/1.1 400 Short\r\nContent-Length: 0\r\n\r\n");
  });
  auto connection = RawConnection::open(origin_of(server));
  REQUIRE(connection);
  REQUIRE(connection->send("PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf"));
  connection->half_close();
  const auto answer = connection->read_answer();
  REQUIRE(answer);
  CHECK(answer->status == 400);
}
