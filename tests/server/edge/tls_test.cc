/// HTTPS: the same edge behind TLS.

#include <fstream>

#include <partsmith/client/http_client.h>

#include "catch.h"
#include "temporary_folder.h"
#include "test_edge.h"

using namespace partsmith;
using namespace partsmith::test;
using namespace std::chrono_literals;
using server::TlsIdentity;

namespace {

/// An edge that speaks TLS by a certificate made for it, and clients that trust it.
class SecureEdge {
 public:
  explicit SecureEdge(server::EdgeOptions options = {}) : edge(with_identity(std::move(options))) {}

  client::HttpOptions trusting() const { return {.ca_file = ca_file()}; }
  std::string ca_file() const { return folder_.path() / "ca.pem"; }

  client::HttpRequest request(const std::string& host = "localhost") const {
    client::HttpRequest request;
    request.origin = {true, host, edge.port()};
    request.method = "GET";
    request.target = "/";
    return request;
  }
  int status_of(const std::string& host) const {
    client::HttpClient client(trusting());
    const auto answer = client.send(request(host));
    if (!answer) FAIL(answer.error().detail);
    return answer->status;
  }

 private:
  server::EdgeOptions with_identity(server::EdgeOptions options) const {
    auto identity = TlsIdentity::self_signed("s3.example.test", ca_file(), std::chrono::system_clock::now());
    if (!identity) throw std::runtime_error(identity.error());
    options.tls = *identity;
    return options;
  }

  TemporaryFolder folder_;

 public:
  TestEdge edge;
};

/// The first bytes of every TLS connection, and no more of them.
constexpr std::string_view half_a_hello("\x16\x03\x01\x02\x00\x01", 6);

}  // namespace

TEST_CASE("Requests over TLS are known to be so, and keep their connection") {
  SecureEdge secure;
  client::HttpClient client(secure.trusting());
  for (int i = 0; i < 3; ++i) REQUIRE(client.send(secure.request()));
  const auto seen = secure.edge.seen.first(3);
  CHECK(seen[0].peer_address == "127.0.0.1");

  bool was_secure = false;
  TestEdge plain([&](server::Request& request) {
    was_secure = request.secure;
    return server::Response{};
  });
  plain.connect().exchange(get("/"));
  CHECK_FALSE(was_secure);
}

TEST_CASE("Bodies of any size pass through TLS unharmed, both ways") {
  SecureEdge secure;
  client::HttpClient client(secure.trusting());
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16'383}, std::size_t{16'384},
                                 std::size_t{16'385}, std::size_t{5'000'000}}) {
    auto request = secure.request();
    request.method = "PUT";
    request.body = patterned(size);
    const auto answer = client.send(request);
    REQUIRE(answer);
    CHECK(answer->body == patterned(size));
  }
}

TEST_CASE(
    "A made certificate is valid for localhost, every name under it, the loopback addresses and the host") {
  const SecureEdge secure;
  for (const auto* host :
       {"localhost", "127.0.0.1", "films.localhost", "films.s3.localhost", "dotted.name.s3.localhost"}) {
    INFO(host);
    CHECK(secure.status_of(host) == 200);
  }
}

TEST_CASE("A client that doesn't shake hands holds up nobody, even with one thread") {
  SecureEdge secure({.max_threads = 1});
  RawClient silent = secure.edge.connect();
  RawClient stuck = secure.edge.connect();
  stuck.send(half_a_hello);
  CHECK(secure.status_of("localhost") == 200);
}

TEST_CASE("A handshake that doesn't end is cut after the read time-out, though bytes drip in") {
  SecureEdge secure({.read_timeout = 200ms, .idle_timeout = 60s});
  RawClient stuck = secure.edge.connect();
  stuck.send(half_a_hello);
  while (!stuck.has_input(20ms)) {
    if (!stuck.try_send(std::string_view("\x00", 1))) break;
  }
  CHECK(stuck.read_to_end().bytes.find("HTTP") == std::string::npos);
}

TEST_CASE("Plain HTTP on a TLS port is refused in plain text, and others are served") {
  const auto request =
      GENERATE(get("/"), put("/k", "body"), std::string("DELETE /k HTTP/1.1\r\n"), std::string("O"));
  SecureEdge secure;
  RawClient plain = secure.edge.connect();
  const auto answer = plain.exchange(request);
  CHECK(answer.status == 400);
  CHECK(answer.body == "bad head");
  plain.half_close();
  CHECK(plain.read_to_end().bytes.empty());
  CHECK(secure.edge.refusals.first(1).front() == std::pair{TestEdge::BadHead::Kind::plain_text, 400});
  CHECK(secure.status_of("localhost") == 200);
  CHECK(secure.edge.bugs.size() == 0);
}

TEST_CASE("Stopping ends idle TLS connections at once") {
  SecureEdge secure;
  client::HttpClient client(secure.trusting());
  REQUIRE(client.send(secure.request()));
  RawClient silent = secure.edge.connect();
  secure.edge.stop(60s);
  CHECK(silent.read_to_end().bytes.empty());
}

TEST_CASE("Files that hold no certificate or not its key are named") {
  const TemporaryFolder folder;
  const auto nothing = folder.path() / "nothing.pem";
  std::ofstream(nothing) << "nothing\n";
  const auto missing = TlsIdentity::from_files(folder.path() / "missing.pem", nothing);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().find("missing.pem") != std::string::npos);
  const auto empty = TlsIdentity::from_files(nothing, nothing);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().starts_with("cannot use the certificate " + nothing.string()));
  const auto unwritable = TlsIdentity::self_signed("localhost", folder.path() / "no/such/ca.pem",
                                                   std::chrono::system_clock::now());
  REQUIRE_FALSE(unwritable);
  CHECK(unwritable.error().find("ca.pem") != std::string::npos);
}
