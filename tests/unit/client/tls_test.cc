#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include <partsmith/client/http_client.h>

#include "catch.h"
#include "fake_server.h"

using namespace partsmith::client;

namespace {

template <class Type, auto Free>
using Owned = std::unique_ptr<Type, decltype([](Type* value) { Free(value); })>;

/// A key and a certificate for `localhost` that signs itself, made for the test.
class Identity {
 public:
  Identity() : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    X509* x509 = certificate_.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key_.get());
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1,
                               -1, 0);
    X509_set_issuer_name(x509, name);
    const Owned<X509_EXTENSION, X509_EXTENSION_free> names(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost"));
    X509_add_ext(x509, names.get(), -1);
    X509_sign(x509, key_.get(), EVP_sha256());

    std::string path = (std::filesystem::temp_directory_path() / "partsmith-ca-XXXXXX").string();
    const int fd = mkstemp(path.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    ca_file = path;
    const Owned<BIO, BIO_free_all> file(BIO_new_file(path.c_str(), "w"));
    REQUIRE(PEM_write_bio_X509(file.get(), x509) == 1);
  }
  ~Identity() { std::filesystem::remove(ca_file); }

  EVP_PKEY* key() const { return key_.get(); }
  X509* certificate() const { return certificate_.get(); }
  std::string ca_file;

 private:
  Owned<EVP_PKEY, EVP_PKEY_free> key_;
  Owned<X509, X509_free> certificate_;
};

/// Answers one request of each connection over TLS.
class TlsServer {
 public:
  explicit TlsServer(const Identity& identity) : context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key());
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_, generic, size) == 0);
    REQUIRE(::listen(listener_, 8) == 0);
    REQUIRE(::getsockname(listener_, generic, &size) == 0);
    port = ntohs(address.sin_port);
    serving_ = std::thread([this] { serve(); });
  }
  ~TlsServer() {
    ::shutdown(listener_, SHUT_RDWR);
    serving_.join();
    ::close(listener_);
  }

  std::uint16_t port = 0;

 private:
  void serve() {
    while (true) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      const Owned<SSL, SSL_free> ssl(SSL_new(context_.get()));
      SSL_set_fd(ssl.get(), fd);
      if (SSL_accept(ssl.get()) == 1) answer(ssl.get());
      ERR_clear_error();
      ::close(fd);
    }
  }
  static void answer(SSL* ssl) {
    std::string received;
    std::array<char, 4096> buffer;
    while (!received.ends_with("body of the request")) {
      const int count = SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()));
      if (count <= 0) return;
      received.append(buffer.data(), static_cast<std::size_t>(count));
      if (received.find("hang up") != std::string::npos) return;
    }
    const std::string text = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nsecret";
    SSL_write(ssl, text.data(), static_cast<int>(text.size()));
    SSL_shutdown(ssl);
  }

  Owned<SSL_CTX, SSL_CTX_free> context_;
  int listener_ = -1;
  std::thread serving_;
};

std::expected<HttpAnswer, ClientError> ask(const TlsServer& server, const std::string& host,
                                           const HttpOptions& options) {
  HttpRequest request;
  request.origin = {true, host, server.port};
  request.method = "PUT";
  request.target = "/";
  request.body = std::string(1 << 20, 'x') + "body of the request";
  HttpClient client(options);
  return client.send(request);
}

}  // namespace

TEST_CASE("TLS speaks only with whom it can trust") {
  const Identity identity;
  const TlsServer server(identity);
  SECTION("the certificate is trusted and the host's") {
    const auto answer = ask(server, "localhost", {.ca_file = identity.ca_file});
    if (!answer) FAIL(answer.error().detail);
    CHECK(answer->body == "secret");
  }
  SECTION("nobody vouches for it") {
    const auto answer = ask(server, "localhost", {});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::tls);
    CHECK(answer.error().detail.find("is not trusted") != std::string::npos);
  }
  SECTION("it is another host's") {
    const auto answer = ask(server, "127.0.0.1", {.ca_file = identity.ca_file});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::tls);
  }
  SECTION("trust is waived") {
    const auto answer = ask(server, "127.0.0.1", {.verify_tls = false});
    if (!answer) FAIL(answer.error().detail);
    CHECK(answer->body == "secret");
  }
}

TEST_CASE("A TLS connection that breaks while a body is sent is an error, and no signal") {
  const Identity identity;
  const TlsServer server(identity);
  HttpRequest request;
  request.origin = {true, "localhost", server.port};
  request.method = "PUT";
  request.target = "/";
  request.body = "hang up" + std::string(std::size_t{16} << 20, 'x');
  HttpClient client({.ca_file = identity.ca_file});
  const auto answer = client.send(request);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::cut);
}

TEST_CASE("A server that doesn't speak TLS is an error of TLS") {
  partsmith::test::FakeServer server(partsmith::test::FakeServer::Script(
      [](partsmith::test::FakeConnection& connection) { connection.send("HTTP/1.1 400 Bad\r\n\r\n"); }));
  HttpRequest request;
  request.origin = {true, "127.0.0.1", server.port()};
  request.method = "GET";
  request.target = "/";
  HttpClient client({.verify_tls = false});
  const auto answer = client.send(request);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::tls);
}

TEST_CASE("A file without certificates is an error before anything is sent") {
  HttpRequest request;
  request.origin = {true, "127.0.0.1", 1};
  HttpClient client({.ca_file = "/nonexistent.pem"});
  const auto answer = client.send(request);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::tls);
}
