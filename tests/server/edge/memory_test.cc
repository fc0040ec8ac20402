/// What the edge does where memory is short.

#include "catch.h"
#include "test_edge.h"

using namespace partsmith;
using namespace partsmith::test;
using BadKind = server::HttpEdge::BadHead::Kind;

namespace {

constexpr std::size_t kib = 1024;

}  // namespace

TEST_CASE("Bodies and small answers pass though no memory is left") {
  server::MemoryBudget memory(0);
  TestEdge edge(
      [](server::Request& request) {
        return server::Response{.body = std::to_string(see(request).body.size())};
      },
      {.memory = &memory});
  CHECK(edge.connect().exchange(put("/k", patterned(3'000'000))).body == "3000000");
}

TEST_CASE("An answer that memory is short for is replaced by a failure, and the connection lives on") {
  server::MemoryBudget memory(1000 * kib);
  TestEdge edge(
      [](server::Request& request) {
        return server::Response{.body = std::string(request.target == "/large" ? 2'000'000 : 20'000, 'a')};
      },
      {.memory = &memory});
  auto client = edge.connect();
  CHECK(client.exchange(get("/large")).status == 503);
  CHECK(client.exchange(get("/small")).body.size() == 20'000);
}

TEST_CASE("A streamed answer is whole though no memory is left") {
  server::MemoryBudget memory(0);
  const std::string bytes = patterned(1'000'000);
  TestEdge edge(
      [&](server::Request&) {
        return server::Response{
            .body = server::StreamedBody{.length = bytes.size(),
                                         .produce = [&](std::uint64_t offset, std::size_t wanted) {
                                           return as_bytes(bytes).subspan(offset, wanted);
                                         }}};
      },
      {.memory = &memory});
  CHECK(edge.connect().exchange(get("/")).body == bytes);
}

TEST_CASE("A head that memory is short for is refused") {
  const std::string fields = GENERATE("X-Long: " + std::string(40 * kib, 'x') + "\r\n", [] {
    std::string many;
    for (int i = 0; i < 1900; ++i) many += "a:\r\n";
    return many;
  }());
  server::MemoryBudget memory(50 * kib);
  TestEdge edge({.memory = &memory});
  CHECK(edge.connect().exchange(get("/", fields)).status == 400);
  CHECK(edge.bad_heads.first(1).front() == BadKind::no_memory);
  CHECK(edge.connect().exchange(get("/")).status == 200);
}

TEST_CASE("What connections held is given back when they are idle or gone") {
  server::MemoryBudget memory(1000 * kib);
  TestEdge edge({.memory = &memory});
  auto client = edge.connect();
  CHECK(client.exchange(put("/k", patterned(300'000))).status == 200);
  edge.connect().send("GET / HTTP/1.1\r\nHos");
  while (memory.used() != 0) std::this_thread::yield();
}
