/// Reading the bodies of requests, and leaving them unread.

#include <string>

#include "catch.h"
#include "test_edge.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;
using server::BodyError;

namespace {

constexpr std::string_view chunked_head = "PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view expecting_head =
    "PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";

server::Response ignoring_body(server::Request& request) {
  return {.body = request.target};
}

}  // namespace

TEST_CASE("A body arrives as sent, whatever its type or encoding") {
  const auto fields =
      GENERATE(as<std::string>{}, "Content-Encoding: gzip\r\n", "Content-Encoding: br\r\n",
               "Content-Type: multipart/form-data; boundary=b\r\n", "Content-Type: multipart/form-data\r\n",
               "Content-Type: application/x-www-form-urlencoded\r\n");
  const auto method = GENERATE(as<std::string>{}, "PUT", "POST");
  const std::string body = "\x1f\x8b not gzip, --b nor a form: a=b&c\r\n--b--" + std::string(1, '\0');
  TestEdge edge;
  auto client = edge.connect();
  const auto answer = client.exchange(method + put("/k", body, fields).substr(3));
  CHECK(answer.status == 200);
  CHECK(answer.body == body);
  CHECK(edge.seen.first(1).front().length == body.size());
}

TEST_CASE("A request that does not say how long its body is has none, at once") {
  const auto method = GENERATE(as<std::string>{}, "PUT", "POST", "DELETE", "GET");
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange(method + " /k HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
  const Seen seen = edge.seen.first(1).front();
  CHECK(seen.length == 0U);
  CHECK_FALSE(seen.framed);
  CHECK_FALSE(seen.body_error);
}

TEST_CASE("A body of length 0 is framed") {
  TestEdge edge;
  edge.connect().exchange(put("/k", ""));
  const Seen seen = edge.seen.first(1).front();
  CHECK(seen.length == 0U);
  CHECK(seen.framed);
}

TEST_CASE("A large body comes in runs of at most 256 KiB") {
  const std::string body = patterned(20'000'000);
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange(put("/k", body)).body == body);
  CHECK(edge.seen.first(1).front().longest_run <= 256 * 1024);
}

TEST_CASE("A chunked body arrives without its chunks, and its length is unknown") {
  const auto chunks = GENERATE(as<std::string>{}, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
                               "05;ext=\"1\"\r\nhello\r\n000006 ; x\r\n world\r\n0;last\r\n\r\n",
                               "B\r\nhello world\r\n0\r\nx-trailer: 1\r\nx-other: 2\r\n\r\n");
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange(std::string(chunked_head) + chunks + get("/next")).body == "hello world");
  CHECK(client.read_answer().status == 200);
  const auto seen = edge.seen.first(2);
  CHECK(seen[0].framed);
  CHECK(seen[0].length == std::nullopt);
  CHECK(seen[1].target == "/next");
}

TEST_CASE("A chunked body of many chunks may arrive byte by byte") {
  TestEdge edge;
  auto client = edge.connect();
  client.send(chunked_head);
  for (int i = 0; i < 50; ++i) {
    for (const char c : std::string_view("3\r\nabc\r\n")) client.send({&c, 1});
  }
  CHECK(client.exchange("0\r\n\r\n").body.size() == 150);
}

TEST_CASE("Broken chunks are malformed, and the connection closes after the answer") {
  const auto chunks = GENERATE(
      as<std::string>{}, "-1\r\na\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n",
      " 5\r\nhello\r\n0\r\n\r\n", "\t5\r\nhello\r\n0\r\n\r\n", "g\r\nhello\r\n0\r\n\r\n",
      "10000000000000005\r\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "5\r\nhello0\r\n0\r\n\r\n",
      "5\nhello\r\n0\r\n\r\n", "5\rXhello\r\n0\r\n\r\n", "5\r\nhello\rX0\r\n\r\n", "5\r\nhello\r\n0\r\n\n",
      "5;a\rb\r\nhello\r\n0\r\n\r\n", "5;a\x01\r\nhello\r\n0\r\n\r\n", "5 5\r\nhello\r\n0\r\n\r\n",
      "0\r\nbare: \n\r\n", "5;" + std::string(5000, 'x') + "\r\nhello\r\n0\r\n\r\n",
      "0\r\nx: " + std::string(20'000, 'x') + "\r\n\r\n");
  INFO(chunks);
  TestEdge edge;
  auto client = edge.connect();
  const auto answer = client.exchange(std::string(chunked_head) + chunks + get("/smuggled"));
  CHECK(answer.headers.value("Connection") == "close");
  CHECK(client.read_to_end().bytes.empty());
  CHECK(edge.seen.first(1).front().body_error == BodyError::malformed);
  CHECK(edge.seen.size() == 1);
}

TEST_CASE("A body that ends early is incomplete, and the client still gets the answer") {
  const auto request =
      GENERATE(as<std::string>{}, "PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc",
               std::string(chunked_head) + "5\r\nab", std::string(chunked_head) + "5\r\nhello\r\n",
               std::string(chunked_head) + "5\r\nhello\r\n0\r\n", std::string(chunked_head));
  TestEdge edge;
  auto client = edge.connect();
  client.send(request);
  client.half_close();
  CHECK(client.read_answer().status == 200);
  CHECK(client.read_to_end().bytes.empty());
  CHECK(edge.seen.first(1).front().body_error == BodyError::incomplete);
}

TEST_CASE("A client that vanishes during its body ends the request") {
  TestEdge edge;
  auto client = edge.connect();
  client.send("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  client.reset();
  CHECK(edge.seen.first(1).front().body_error == BodyError::incomplete);
}

TEST_CASE("A body that stops arriving is given up after the read time-out") {
  TestEdge edge({.read_timeout = 50ms});
  auto client = edge.connect();
  const auto answer = client.exchange("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(answer.headers.value("Connection") == "close");
  CHECK(edge.seen.first(1).front().body_error == BodyError::timeout);
}

TEST_CASE("A sink can stop the reading, and the rest of a small body does not reach the next request") {
  TestEdge edge([](server::Request& request) {
    if (request.target == "/next") return server::Response{.body = "next"};
    const auto read = request.body->read([](ByteView) { return false; });
    return server::Response{.body = !read && read.error() == BodyError::stopped ? "stopped" : "?"};
  });
  auto client = edge.connect();
  CHECK(client.exchange(put("/k", get("/smuggled")) + get("/next")).body == "stopped");
  CHECK(client.read_answer().body == "next");
}

TEST_CASE("A body can be read only once") {
  TestEdge edge([](server::Request& request) {
    const auto ignore = [](ByteView) { return true; };
    const bool first = request.body->read(ignore).has_value();
    bool threw = false;
    try {
      (void)request.body->read(ignore);
    } catch (const std::logic_error&) {
      threw = true;
    }
    return server::Response{.body = first && threw ? "once" : "?"};
  });
  CHECK(edge.connect().exchange(put("/k", "abc")).body == "once");
}

TEST_CASE("A small body left unread is skipped, and the connection lives on") {
  TestEdge edge(ignoring_body);
  auto client = edge.connect();
  SECTION("when it has arrived") {
    CHECK(client.exchange(put("/a", patterned(64 * 1024)) + get("/b")).body == "/a");
  }
  SECTION("when it is still to come") {
    CHECK(client.exchange("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n").body == "/a");
    client.send("GET /c HT" + get("/b"));
  }
  CHECK(client.read_answer().body == "/b");
}

TEST_CASE("A large body left unread closes the connection, but not before the client has the answer") {
  TestEdge edge(ignoring_body);
  auto client = edge.connect();
  const auto answer = client.exchange(put("/a", patterned(20'000'000)) + get("/b"));
  CHECK(answer.body == "/a");
  CHECK(answer.headers.value("Connection") == "close");
  client.half_close();
  CHECK(client.read_to_end().bytes.empty());
}

TEST_CASE("A chunked body left unread closes the connection") {
  TestEdge edge(ignoring_body);
  auto client = edge.connect();
  const auto answer = client.exchange(std::string(chunked_head) + "0\r\n\r\n");
  CHECK(answer.body == "/k");
  CHECK(answer.headers.value("Connection") == "close");
}

TEST_CASE("Expect: 100-continue is answered when the handler reads the body, and not before") {
  const auto expect = GENERATE(as<std::string>{}, "100-continue", "100-Continue", "100-CONTINUE");
  Gate gate;
  TestEdge edge([&](server::Request& request) {
    gate.pass();
    return server::Response{.body = see(request).body};
  });
  auto client = edge.connect();
  client.send("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nexpect: " + expect + "\r\n\r\n");
  CHECK_FALSE(client.has_input());
  gate.open();
  CHECK(client.read_answer().head == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(client.exchange("body").body == "body");
  CHECK(client.exchange(put("/k", "more")).body == "more");
}

TEST_CASE("A refusal without reading sends no 100 Continue, and closes the connection after the answer") {
  TestEdge edge([](server::Request&) { return server::Response{.status = 403, .body = "no"}; });
  auto client = edge.connect();
  const auto answer = client.exchange(expecting_head);
  CHECK(answer.status == 403);
  CHECK(answer.headers.value("Connection") == "close");
  client.half_close();
  CHECK(client.read_to_end().bytes.empty());
}

TEST_CASE("A client of HTTP/1.0 is not sent 100 Continue, which it would not understand") {
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange("PUT /k HTTP/1.0\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody").body ==
        "body");
}

TEST_CASE("Without a body to wait for, Expect: 100-continue is not answered") {
  TestEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange(put("/k", "", "Expect: 100-continue\r\n")).status == 200);
  CHECK(client.exchange(get("/k", "Expect: 100-continue\r\n")).status == 200);
}
