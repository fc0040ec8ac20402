/// The bytes of answers.

#include <string>

#include "catch.h"
#include "test_edge.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;
using server::Response;
using server::StreamedBody;

namespace {

/// A streamed body of `length` bytes that can give only `available` of them, in runs of any size up to `run`.
StreamedBody streamed(const std::string& bytes, std::size_t available, std::size_t run) {
  return {.length = bytes.size(),
          .produce = [&bytes, available, run](std::uint64_t offset, std::size_t wanted) {
            const std::size_t left = available - std::min<std::size_t>(available, offset);
            return as_bytes(std::string_view(bytes).substr(offset, std::min({wanted, run, left})));
          }};
}

}  // namespace

TEST_CASE("An answer's head is what the handler gave, in its order, and Content-Length") {
  TestEdge edge([](server::Request&) {
    return Response{.headers = {{"x-amz-request-id", "1"},
                                {"ETag", "\"e\""},
                                {"X-Empty", ""},
                                {"a", "2"},
                                {"Content-Type", "t"},
                                {"A", "3"}},
                    .body = "body"};
  });
  auto client = edge.connect();
  client.send(get("/", "Accept-Encoding: gzip, br\r\nConnection: close\r\n"));
  CHECK(client.read_to_end().bytes ==
        "HTTP/1.1 200 OK\r\nx-amz-request-id: 1\r\nETag: \"e\"\r\nX-Empty: \r\na: 2\r\nContent-Type: t\r\nA: "
        "3\r\n"
        "Content-Length: 4\r\nConnection: close\r\n\r\nbody");
}

TEST_CASE("Nothing is added to an answer that keeps the connection") {
  TestEdge edge([](server::Request&) { return Response{}; });
  CHECK(edge.connect().exchange(get("/")).head == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("An answer is never compressed") {
  const auto type = GENERATE(as<std::string>{}, "text/plain", "application/xml", "application/json");
  const std::string text(100'000, 'a');
  TestEdge edge(
      [&](server::Request&) { return Response{.headers = {{"Content-Type", type}}, .body = text}; });
  const auto answer = edge.connect().exchange(get("/", "Accept-Encoding: gzip, deflate, br\r\n"));
  CHECK(answer.body == text);
  CHECK_FALSE(answer.headers.has("Content-Encoding"));
}

TEST_CASE("The handler cannot frame the body itself") {
  TestEdge edge([](server::Request&) {
    return Response{.headers = {{"content-length", "99"}, {"Transfer-Encoding", "chunked"}}, .body = "body"};
  });
  CHECK(edge.connect().exchange(get("/")).head == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
}

TEST_CASE("A field that HTTP can't say is a bug: a failure is sent in its answer's place, and reported") {
  const auto field = GENERATE(values<protocol::Headers::Field>({{"X-A", "1\r\nX-B: 2"},
                                                                {"X-A", "1\rX-B: 2"},
                                                                {"X-A", "1\nX-B: 2"},
                                                                {"X-A", std::string("1\0", 2)},
                                                                {"X-A", "\x01"},
                                                                {"X-A", "\x1f"},
                                                                {"X-A", "\x7f"},
                                                                {"x-amz-meta-a\r\nX-B: 2\r\nx", "1"},
                                                                {"x-amz-meta-a\n", "1"},
                                                                {"X A", "1"},
                                                                {"X:A", "1"},
                                                                {"X\xC3\xBC", "1"},
                                                                {"", "1"}}));
  const auto stream = GENERATE(false, true);
  const std::string bytes = "body";
  TestEdge edge([&](server::Request&) {
    Response response{.headers = {{"X-First", "1"}, field}, .body = bytes};
    if (stream) response.body = streamed(bytes, bytes.size(), bytes.size());
    return response;
  });
  auto client = edge.connect();
  const auto answer = client.exchange(get("/"));
  CHECK(answer.head ==
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 7\r\nConnection: close\r\n\r\n");
  CHECK(client.read_to_end().bytes.empty());
  CHECK(edge.bugs.first(1).size() == 1);
  CHECK_FALSE(edge.exchanges.first(1).front().exchange.cut);
}

TEST_CASE("A value may have tabs, and bytes above 0x7f") {
  TestEdge edge([](server::Request&) { return Response{.headers = {{"X-A", "1\t\xC3\xBC\xFF"}}}; });
  CHECK(edge.connect().exchange(get("/")).headers.value("X-A") == "1\t\xC3\xBC\xFF");
}

TEST_CASE("The status line has the status's phrase, or none") {
  struct Case {
    int status;
    std::string line;
  };
  const auto [status, line] = GENERATE(values<Case>({{206, "HTTP/1.1 206 Partial Content\r\n"},
                                                     {503, "HTTP/1.1 503 Service Unavailable\r\n"},
                                                     {299, "HTTP/1.1 299 \r\n"}}));
  TestEdge edge([&, code = status](server::Request&) { return Response{.status = code}; });
  CHECK(edge.connect().exchange(get("/")).head.starts_with(line));
}

TEST_CASE("An answer to HEAD announces a length and has no body") {
  TestEdge edge([](server::Request& request) {
    if (request.target == "/announced") return Response{.announced_length = 12345678901};
    return Response{.body = "as GET would have it"};
  });
  auto client = edge.connect();
  CHECK(
      client.exchange("HEAD /announced HTTP/1.1\r\nHost: h\r\n\r\n", true).headers.value("Content-Length") ==
      "12345678901");
  CHECK(client.exchange("HEAD /k HTTP/1.1\r\nHost: h\r\n\r\n", true).headers.value("Content-Length") == "20");
  CHECK(client.exchange(get("/k")).body == "as GET would have it");
}

TEST_CASE("204 and 304 have neither body nor Content-Length") {
  const auto status = GENERATE(204, 304);
  TestEdge edge([&](server::Request& request) {
    if (request.target == "/next") return Response{.body = "next"};
    return Response{.status = status, .body = "ignored"};
  });
  auto client = edge.connect();
  CHECK_FALSE(client.exchange(get("/")).headers.has("Content-Length"));
  CHECK(client.exchange(get("/next")).body == "next");
}

TEST_CASE("A streamed body is sent in its exact length, whatever runs it comes in") {
  const std::string bytes =
      patterned(GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{300'000}, std::size_t{5'000'000}));
  const auto run = GENERATE(std::size_t{1000}, std::size_t{256 * 1024}, std::size_t{1} << 30);
  TestEdge edge([&](server::Request& request) {
    if (request.target == "/next") return Response{.body = "next"};
    return Response{.body = streamed(bytes, bytes.size(), run)};
  });
  auto client = edge.connect();
  const auto answer = client.exchange(get("/"));
  CHECK(answer.headers.value("Content-Length") == std::to_string(bytes.size()));
  CHECK(answer.body == bytes);
  CHECK(client.exchange(get("/next")).body == "next");
}

TEST_CASE("A streamed body whose producer cannot go on is cut short") {
  const auto available = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{700'000});
  const std::string bytes = patterned(1'000'000);
  TestEdge edge([&](server::Request&) { return Response{.body = streamed(bytes, available, 100'000)}; });
  auto client = edge.connect();
  client.send(get("/"));
  const auto rest = client.read_to_end();
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
  CHECK(rest.bytes == head + bytes.substr(0, available));
  const auto exchange = edge.exchanges.first(1).front().exchange;
  CHECK(exchange.cut);
  CHECK(exchange.bytes_out == head.size() + available);
}

TEST_CASE("A body whose producer throws before its first byte is replaced by a failure, and reported") {
  const auto chunked = GENERATE(false, true);
  TestEdge edge([&](server::Request&) {
    Response response;
    if (chunked) {
      response.body =
          server::ChunkedBody{[]() -> std::string_view { throw std::runtime_error("the disk is gone"); }};
    } else {
      response.body = StreamedBody{.length = 1000, .produce = [](std::uint64_t, std::size_t) -> ByteView {
                                     throw std::runtime_error("the disk is gone");
                                   }};
    }
    return response;
  });
  auto client = edge.connect();
  const auto answer = client.exchange(get("/"));
  CHECK(answer.status == 500);
  CHECK(answer.body == "failure");
  CHECK(client.read_to_end().bytes.empty());
  CHECK(edge.bugs.first(1) == std::vector<std::string>{"the disk is gone"});
}

TEST_CASE("A streamed body whose producer throws later, or gives too much, is cut short and reported") {
  const auto too_much = GENERATE(false, true);
  const std::string bytes = patterned(2000);
  TestEdge edge([&](server::Request&) {
    return Response{.body = StreamedBody{.length = 1000, .produce = [&](std::uint64_t offset, std::size_t) {
                                           if (offset == 0) return as_bytes(bytes).first(10);
                                           if (!too_much) throw std::runtime_error("the disk is gone");
                                           return as_bytes(bytes);
                                         }}};
  });
  auto client = edge.connect();
  client.send(get("/"));
  CHECK(client.read_to_end().bytes ==
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + bytes.substr(0, 10));
  CHECK(edge.exchanges.first(1).front().exchange.cut);
  CHECK(edge.bugs.first(1).size() == 1);
}

TEST_CASE("A connection can be reset after any byte of an answer") {
  const std::string bytes = patterned(1'000'000);
  const std::string whole = "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 1000000\r\n\r\n" + bytes;
  const auto after = GENERATE_COPY(std::size_t{0}, std::size_t{1}, std::size_t{20}, std::size_t{49},
                                   std::size_t{50}, std::size_t{60}, std::size_t{700'000}, whole.size());
  const auto stream = GENERATE(false, true);
  TestEdge edge([&](server::Request&) {
    Response response{.headers = {{"X-A", "1"}}, .reset_after_bytes = after};
    if (stream) {
      response.body = streamed(bytes, bytes.size(), 100'000);
    } else {
      response.body = bytes;
    }
    return response;
  });
  auto client = edge.connect();
  client.send(get("/"));
  const auto rest = client.read_to_end();
  CHECK(rest.bytes == whole.substr(0, after));
  CHECK(rest.end == RawClient::End::reset);
  const auto exchange = edge.exchanges.first(1).front().exchange;
  CHECK(exchange.cut);
  CHECK(exchange.bytes_out == after);
}

TEST_CASE("An answer shorter than the byte to reset at is whole, and keeps the connection") {
  TestEdge edge([](server::Request&) { return Response{.body = "body", .reset_after_bytes = 1000}; });
  auto client = edge.connect();
  CHECK(client.exchange(get("/")).body == "body");
  CHECK(client.exchange(get("/")).body == "body");
}

TEST_CASE("A handler that throws is answered by an empty 500, leaks nothing, and is reported") {
  TestEdge edge([](server::Request& request) -> Response {
    if (request.target == "/bug") throw std::runtime_error("secret of the house");
    if (request.target == "/odd") throw 42;
    return {.body = "fine"};
  });
  auto other = edge.connect();
  CHECK(other.exchange(get("/")).body == "fine");
  const auto target = GENERATE(as<std::string>{}, "/bug", "/odd");
  auto client = edge.connect();
  const auto answer = client.exchange(get(target));
  CHECK(answer.head ==
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  CHECK(client.read_to_end().bytes.empty());
  CHECK(other.exchange(get("/")).body == "fine");
  CHECK(edge.bugs.first(1).size() == 1);
}

TEST_CASE("A client that takes nothing of a large answer ends it after the time-out") {
  const std::string bytes = patterned(64 * 1024 * 1024);
  TestEdge edge(
      [&](server::Request&) { return Response{.body = streamed(bytes, bytes.size(), bytes.size())}; },
      {.read_timeout = 100ms});
  auto client = edge.connect();
  client.send(get("/"));
  const auto exchange = edge.exchanges.first(1).front().exchange;
  CHECK(exchange.cut);
  CHECK(exchange.bytes_out < bytes.size());
}

TEST_CASE("A client that vanishes during an answer ends it") {
  const std::string bytes = patterned(64 * 1024 * 1024);
  TestEdge edge(
      [&](server::Request&) { return Response{.body = streamed(bytes, bytes.size(), bytes.size())}; });
  auto client = edge.connect();
  client.send(get("/"));
  client.reset();
  CHECK(edge.exchanges.first(1).front().exchange.cut);
}

TEST_CASE("The bytes of each exchange are counted") {
  TestEdge edge;
  auto client = edge.connect();
  const std::string first = put("/first", patterned(100'000));
  const std::string second =
      "PUT /second HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  const auto first_answer = client.exchange(first);
  const auto second_answer = client.exchange(second);
  const auto outcomes = edge.exchanges.first(2);
  CHECK(outcomes[0].target == "/first");
  CHECK(outcomes[0].exchange.bytes_in == first.size());
  CHECK(outcomes[0].exchange.bytes_out == first_answer.head.size() + first_answer.body.size());
  CHECK(outcomes[1].target == "/second");
  CHECK(outcomes[1].exchange.bytes_in == second.size());
  CHECK(outcomes[1].exchange.bytes_out == second_answer.head.size() + second_answer.body.size());
  CHECK_FALSE(outcomes[1].exchange.cut);
}
