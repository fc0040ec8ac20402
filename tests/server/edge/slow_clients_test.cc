/// Clients that are slow in the middle of a request, of an answer, or at their end.

#include <string>
#include <vector>

#include "catch.h"
#include "test_edge.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;
using server::BodyError;
using server::Response;
using server::StreamedBody;

namespace {

const std::string put_head = "PUT /slow HTTP/1.1\r\nHost: h\r\n";

/// More than the systems at both ends hold for a client that reads nothing.
constexpr std::uint64_t endless = std::uint64_t{1} << 40U;

Response zeros(std::uint64_t length) {
  static const std::string run(256 * 1024, '\0');
  return {.body = StreamedBody{.length = length, .produce = [](std::uint64_t, std::size_t wanted) {
                                 return as_bytes(run).first(std::min(wanted, run.size()));
                               }}};
}

/// Refuses, echoes, or answers without end.
Response by_target(server::Request& request) {
  if (request.target == "/refused") return {.status = 403, .body = "no"};
  if (request.target == "/endless") return zeros(endless);
  return {.body = see(request).body};
}

/// Sends a byte now and then until the server answers or closes.
void drip(RawClient& client, std::chrono::milliseconds pause) {
  while (!client.has_input(pause)) {
    if (!client.try_send("x")) return;
  }
}

}  // namespace

TEST_CASE("Fifty slow clients of a kind take no place from one that works") {
  const auto beginning = GENERATE(
      // bodies
      put_head + "Content-Length: 1000000\r\n\r\nx", put_head + "Content-Length: 1000000\r\n\r\n",
      put_head + "Content-Length: 10\r\nExpect: 100-continue\r\n\r\n",
      put_head + "Transfer-Encoding: chunked\r\n\r\nff",
      put_head + "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
      put_head + "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: a",
      // what is left of refused bodies, with the connection kept or closed
      "PUT /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n",
      "PUT /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 6000000\r\n\r\n",
      "PUT /refused HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 60000\r\n\r\n",
      // answers
      get("/endless"));
  INFO(beginning);
  TestEdge edge(by_target, {.max_threads = 2});
  std::vector<RawClient> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(edge.connect());
    slow.back().send(beginning);
  }
  auto client = edge.connect();
  for (int i = 0; i < 20; ++i) REQUIRE(client.exchange(put("/k", "body")).body == "body");
  for (RawClient& each : slow) each.reset();
}

TEST_CASE("A slow body is read to its end over many windows while it keeps to the least rate") {
  TestEdge edge(by_target, {.least_rate = 0, .rate_window = 5ms, .max_threads = 1});
  auto client = edge.connect();
  client.send(put_head + "Content-Length: 30\r\n\r\n");
  for (int i = 0; i < 30; ++i) {
    CHECK_FALSE(client.has_input(5ms));
    client.send("x");
  }
  CHECK(client.read_answer().body == std::string(30, 'x'));
}

TEST_CASE("A body slower than the least rate is given up though it never falls silent") {
  const auto framing = GENERATE(as<std::string>{}, "Content-Length: 1000000\r\n\r\n",
                                "Transfer-Encoding: chunked\r\n\r\nfffff\r\n",
                                "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ");
  TestEdge edge({.least_rate = 1'000'000, .rate_window = 100ms});
  auto client = edge.connect();
  client.send(put_head + framing);
  drip(client, 1ms);
  CHECK(client.read_answer().headers.value("Connection") == "close");
  CHECK(edge.seen.first(1).front().body_error == BodyError::timeout);
}

TEST_CASE("An answer that is taken slower than the least rate ends, and one that keeps to it doesn't") {
  const bool too_slow = GENERATE(true, false);
  TestEdge edge(by_target, {.least_rate = too_slow ? std::uint64_t{1} << 40U : 0, .rate_window = 10ms});
  auto client = edge.connect();
  client.send(get("/endless"));
  std::uint64_t taken = 0;
  while ((too_slow || taken < 100'000'000) && edge.exchanges.size() == 0)
    taken += client.take_some(1000).size();
  CHECK(edge.exchanges.size() == (too_slow ? 1 : 0));
  if (too_slow) CHECK(edge.exchanges.first(1).front().exchange.cut);
}

TEST_CASE("For a newcomer beyond all threads the slowest client goes, and is answered") {
  TestEdge edge(by_target, {.least_rate = 0, .max_threads = 1, .max_waiting = 2});
  auto slow = edge.connect();
  auto slowest = edge.connect();
  auto slower = edge.connect();
  // What comes with the head is no sign of speed: only what is beyond its buffer makes one faster.
  slow.send(put_head + "Content-Length: 100000\r\n\r\n" + std::string(90'000, 'x'));
  slowest.send(put_head + "Content-Length: 100000\r\n\r\n" + std::string(10, 'x'));
  slower.send(put_head + "Content-Length: 100000\r\n\r\n" + std::string(80'000, 'x'));
  CHECK_FALSE(slower.has_input(5s));  // until each of them counts as slow, also where threads begin late
  CHECK(edge.connect().exchange(put("/k", "body")).body == "body");
  CHECK(slowest.read_answer().body == std::string(10, 'x'));
  CHECK_FALSE(slow.has_input());
  CHECK_FALSE(slower.has_input());
}

TEST_CASE("Half heads make room for newcomers, the oldest first") {
  TestEdge edge(by_target, {.max_connections = 2});
  auto half = edge.connect();
  half.send("GET / HTTP/1.1\r\nHost: ");
  CHECK(edge.connect().exchange(put("/k", "body")).body == "body");  // the server has seen the half one now
  auto quarter = edge.connect();
  quarter.send("GET");
  auto client = edge.connect();
  CHECK(client.exchange(put("/k", "body")).body == "body");
  CHECK(half.read_to_end().bytes.empty());
  quarter.send(get("/refused").substr(3));
  CHECK(quarter.read_answer().body == "no");
}

TEST_CASE("Bytes that drip in make a half head no younger") {
  TestEdge edge(by_target, {.max_connections = 1});
  auto half = edge.connect();
  half.send("GET / HTTP/1.1\r\nX-Slow: ");
  auto client = edge.connect();
  client.send(put("/k", "body"));
  while (!client.has_input(1ms)) {
    if (!half.try_send("x")) break;
  }
  CHECK(client.read_answer().body == "body");
}

TEST_CASE("What is left of a refused body may come for a while, then the connection closes") {
  const auto length = GENERATE(as<std::string>{}, "60000", "6000000");
  TestEdge edge(by_target, {.farewell = 100ms});
  auto client = edge.connect();
  CHECK(client.exchange("PUT /refused HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n").body ==
        "no");
  while (client.try_send("x")) (void)client.has_input(1ms);
  CHECK(edge.connect().exchange(put("/k", "body")).body == "body");
}

TEST_CASE("Stopping waits for no client that skips or lingers") {
  const auto length = GENERATE(as<std::string>{}, "60000", "6000000");
  TestEdge edge(by_target, {.farewell = 1h});
  auto client = edge.connect();
  CHECK(client.exchange("PUT /refused HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n").body ==
        "no");
  edge.stop(1h);
}

TEST_CASE("A slow body in flight may end after the server was told to stop") {
  Log<int> reading;
  TestEdge edge([&](server::Request& request) {
    reading.add(1);
    return Response{.body = see(request).body};
  });
  auto client = edge.connect();
  client.send(put_head + "Content-Length: 4\r\n\r\nbo");
  reading.first(1);
  std::thread stopping([&] { edge.stop(60s); });
  CHECK_FALSE(client.has_input(50ms));
  client.send("dy");
  CHECK(client.read_answer().body == "body");
  stopping.join();
}

TEST_CASE("A slow body that doesn't end in the grace of a stop is cut") {
  Log<int> reading;
  TestEdge edge([&](server::Request& request) {
    reading.add(1);
    return Response{.body = see(request).body};
  });
  auto client = edge.connect();
  client.send(put_head + "Content-Length: 4\r\n\r\nbo");
  reading.first(1);
  edge.stop(50ms);
  CHECK(client.read_to_end().bytes.empty());
}
