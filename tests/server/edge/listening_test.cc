/// Starting and stopping.

#include <string>
#include <thread>

#include "catch.h"
#include "test_edge.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;
using server::HttpEdge;
using server::Response;

namespace {

std::string start_error(server::EdgeOptions options) {
  HttpEdge edge(std::move(options), {.request = [](server::Request&) { return Response{}; },
                                     .bad_head = [](const HttpEdge::BadHead&) { return Response{}; }});
  const auto started = edge.start();
  return started ? "" : started.error();
}

}  // namespace

TEST_CASE("A port in use is named with its host and the system's reason") {
  TestEdge edge;
  const std::string port = std::to_string(edge.port());
  CHECK(start_error({.port = edge.port()}) ==
        "cannot listen on 127.0.0.1:" + port + ": Address already in use");
  CHECK(edge.connect().exchange(get("/")).status == 200);
}

TEST_CASE("A host that cannot be listened on is named with the reason") {
  CHECK(start_error({.host = "192.0.2.1", .port = 9000}) ==
        "cannot listen on 192.0.2.1:9000: Cannot assign requested address");
  CHECK(start_error({.host = "2001:db8::1", .port = 9000})
            .starts_with("cannot listen on [2001:db8::1]:9000: "));
  CHECK(
      start_error({.host = "no.such.host.invalid"}).starts_with("cannot listen on no.such.host.invalid:0: "));
}

TEST_CASE("A port is free again as soon as its server is gone") {
  std::uint16_t port = 0;
  {
    TestEdge edge;
    port = edge.port();
    auto client = edge.connect();
    client.exchange(get("/"));
  }
  CHECK(start_error({.port = port}).empty());
}

TEST_CASE("IPv6 works") {
  TestEdge edge({.host = "::1"});
  RawClient client(edge.port(), "::1");
  CHECK(client.exchange(get("/")).status == 200);
  CHECK(edge.seen.first(1).front().peer_address == "::1");
}

TEST_CASE("A client that comes by IPv4 to a server of both has an IPv4 address") {
  TestEdge edge({.host = "::"});
  edge.connect().exchange(get("/"));
  CHECK(edge.seen.first(1).front().peer_address == "127.0.0.1");
}

TEST_CASE("Two edges live in one process") {
  TestEdge first([](server::Request&) { return Response{.body = "first"}; });
  auto second = std::make_unique<TestEdge>([](server::Request&) { return Response{.body = "second"}; });
  auto client = first.connect();
  CHECK(client.exchange(get("/")).body == "first");
  CHECK(second->connect().exchange(get("/")).body == "second");
  second.reset();
  CHECK(client.exchange(get("/")).body == "first");
  CHECK(first.connect().exchange(get("/")).body == "first");
}

TEST_CASE("An edge can be stopped twice, before it was started, and at once after") {
  HttpEdge unstarted({}, {});
  unstarted.stop(0ms);
  TestEdge edge;
  edge.stop(0ms);
  edge.stop(0ms);
}

TEST_CASE("Stopping closes idle connections at once, and refuses new ones") {
  TestEdge edge;
  auto untouched = edge.connect();
  auto in_head = edge.connect();
  in_head.send("GET / HT");
  auto idle = edge.connect();
  idle.exchange(get("/"));
  const std::uint16_t port = edge.port();
  edge.stop(1h);
  CHECK(idle.read_to_end().bytes.empty());
  CHECK(in_head.read_to_end().bytes.empty());
  CHECK(untouched.read_to_end().bytes.empty());
  CHECK_THROWS_AS(RawClient(port), std::system_error);
}

TEST_CASE("Stopping lets a request in flight end, and says that the connection ends with it") {
  Log<int> arrived;
  Gate gate;
  TestEdge edge([&](server::Request& request) {
    if (request.target != "/idle") {
      arrived.add(1);
      gate.pass();
    }
    return Response{.body = "done"};
  });
  auto idle = edge.connect();
  idle.exchange(get("/idle"));
  auto client = edge.connect();
  client.send(get("/"));
  arrived.first(1);
  std::thread stopping([&] { edge.stop(1h); });
  CHECK(idle.read_to_end().bytes.empty());  // so it has begun to stop
  gate.open();
  const auto answer = client.read_answer();
  CHECK(answer.body == "done");
  CHECK(answer.headers.value("Connection") == "close");
  stopping.join();
}

TEST_CASE("Stopping cuts what is still in flight when the grace is over") {
  TestEdge edge;
  auto client = edge.connect();
  client.send("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_answer().status == 100);
  edge.stop(10ms);
  CHECK(edge.seen.first(1).front().body_error == server::BodyError::incomplete);
}

TEST_CASE("Stopping does not wait for a client that has its last answer and does not leave") {
  TestEdge edge([](server::Request&) { return Response{.status = 403}; });
  auto client = edge.connect();
  const auto answer = client.exchange("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n");
  CHECK(answer.status == 403);
  edge.stop(1h);
  CHECK(client.read_to_end().bytes.empty());
}

TEST_CASE("Stopping does not wait for a client beyond the most connections") {
  TestEdge edge({.max_connections = 1});
  auto first = edge.connect();
  first.exchange(get("/"));
  auto second = edge.connect();
  second.send(get("/"));
  edge.stop(1h);
  CHECK(first.read_to_end().bytes.empty());
}
