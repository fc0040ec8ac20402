/// Bodies that pass in the kernel, for nobody has to see their bytes.

#include <string>

#include "catch.h"
#include "socket_pair.h"
#include "test_edge.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;
using server::BodyError;
using server::Response;
using server::StreamedBody;

namespace {

/// What a handler that empties the pipe saw of a body.
struct Passed {
  std::string to_sink;
  std::string piped;
  std::optional<BodyError> error;
};

Passed pass(server::Request& request, bool goes_on = true) {
  Passed passed;
  SocketPair target;
  auto pipe = BytePipe::open();
  const auto sink = [&](ByteView run) {
    passed.to_sink += as_text(run);
    return true;
  };
  const auto empty = [&] {
    while (pipe->held() > 0) {
      pipe->drain(target.inner()).value();
      passed.piped += target.received();
    }
    return goes_on;
  };
  const auto read = request.body->read_piped(sink, *pipe, empty);
  if (!read) passed.error = read.error();
  return passed;
}

/// Reads each body through a pipe, and answers with it.
class PipingEdge {
 public:
  explicit PipingEdge(server::EdgeOptions options = {}, bool goes_on = true)
      : edge_(
            [this, goes_on](server::Request& request) {
              const Passed passed = pass(request, goes_on);
              seen.add(passed);
              return Response{.body = passed.to_sink + passed.piped};
            },
            std::move(options)) {}
  RawClient connect() const { return edge_.connect(); }

  Log<Passed> seen;

 private:
  TestEdge edge_;
};

/// A streamed body of which a filler has everything behind the first `produced` bytes, up to `available`.
struct Source {
  std::string bytes;
  std::size_t produced = 0;
  std::size_t available = bytes.size();
  SocketPair pair{};
  std::size_t filled = 0;
  bool was_asked = false;

  StreamedBody body() {
    return {
        .length = bytes.size(),
        .produce =
            [this](std::uint64_t offset, std::size_t wanted) {
              return as_bytes(std::string_view(bytes).substr(offset, wanted));
            },
        .fill = [this](BytePipe& pipe, std::uint64_t at, std::size_t wanted) -> std::optional<std::size_t> {
          if (produced > 0 && !std::exchange(was_asked, true)) return std::nullopt;
          const auto sent = pair.send(std::string_view(bytes).substr(at, std::min(wanted, available - at)));
          filled += sent;
          return sent == 0 ? 0 : pipe.fill(pair.inner(), sent).value();
        }};
  }
};

}  // namespace

TEST_CASE("A body passes through a pipe as sent, but for what came with its head") {
  const std::string body = patterned(20'000'000);
  PipingEdge edge;
  auto client = edge.connect();
  CHECK(client.exchange(put("/k", body)).body == body);
  CHECK(client.exchange(put("/next", "small")).body == "small");
  const auto seen = edge.seen.first(2);
  CHECK_FALSE(seen[0].error);
  CHECK(seen[0].piped.size() > body.size() / 2);
}

TEST_CASE("A body in chunks goes past the pipe") {
  PipingEdge edge;
  auto client = edge.connect();
  CHECK(
      client
          .exchange("PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
          .body == "hello");
  CHECK(edge.seen.first(1).front().piped.empty());
}

TEST_CASE("A body that ends early is incomplete in a pipe, too") {
  PipingEdge edge;
  auto client = edge.connect();
  const std::string begun = patterned(1'000'000);
  client.send("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 1000001\r\n\r\n" + begun);
  client.half_close();
  CHECK(client.read_answer().body == begun);
  CHECK(edge.seen.first(1).front().error == BodyError::incomplete);
}

TEST_CASE("A body that stops arriving in a pipe is given up after the read time-out") {
  PipingEdge edge({.read_timeout = 50ms});
  auto client = edge.connect();
  client.send("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(client.read_answer().body == "abc");
  CHECK(edge.seen.first(1).front().error == BodyError::timeout);
}

TEST_CASE("Who empties the pipe can stop the reading, and the connection closes after the answer") {
  PipingEdge edge({}, false);
  auto client = edge.connect();
  client.send("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 20000000\r\n\r\n");
  client.send(patterned(1'000'000));
  CHECK(client.read_answer().headers.value("Connection") == "close");
  CHECK(edge.seen.first(1).front().error == BodyError::stopped);
}

TEST_CASE("An answer's body comes through a pipe behind what its producer has") {
  const auto produced = GENERATE(std::size_t{0}, std::size_t{256 * 1024});
  Source source{.bytes = patterned(3'000'000), .produced = produced};
  TestEdge edge([&](server::Request&) { return Response{.body = source.body()}; });
  CHECK(edge.connect().exchange(get("/")).body == source.bytes);
  CHECK(source.filled == source.bytes.size() - produced);
}

TEST_CASE("An answer whose pipe runs dry is cut short") {
  Source source{.bytes = patterned(3'000'000), .available = 1'000'000};
  TestEdge edge([&](server::Request&) { return Response{.body = source.body()}; });
  auto client = edge.connect();
  client.send(get("/"));
  CHECK(client.read_to_end().bytes ==
        "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + source.bytes.substr(0, 1'000'000));
  CHECK(edge.exchanges.first(1).front().exchange.cut);
}

TEST_CASE("An answer that is to end early doesn't go through a pipe") {
  Source source{.bytes = patterned(3'000'000)};
  TestEdge edge([&](server::Request&) { return Response{.body = source.body(), .close_after_bytes = 1000}; });
  auto client = edge.connect();
  client.send(get("/"));
  CHECK(client.read_to_end().bytes.size() == 1000);
  CHECK(source.filled == 0);
}
