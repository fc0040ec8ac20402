#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>

#include "socket.h"
#include "trusted_authorities.h"

namespace partsmith::client {

class TlsContext {
 public:
  TlsContext(SSL_CTX* context, bool verify) : context_(context), verify_(verify) {}
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext() { SSL_CTX_free(context_); }

  SSL_CTX* get() const { return context_; }
  bool verifies() const { return verify_; }

 private:
  SSL_CTX* context_;
  bool verify_;
};

namespace {

/// While OpenSSL writes, as it may in any call: it does so without MSG_NOSIGNAL, and SIGPIPE would end the
/// process. A SIGPIPE that was waiting before still waits afterwards.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t waiting;
    sigpending(&waiting);
    waited_before_ = sigismember(&waiting, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutSigpipe() {
    constexpr timespec at_once{};
    if (!waited_before_) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  sigset_t pipe_;
  sigset_t before_;
  bool waited_before_ = false;
};

using Ssl = std::unique_ptr<SSL, decltype([](SSL* ssl) { SSL_free(ssl); })>;

ClientError tls_error(std::string_view what) {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  return {ErrorKind::tls, text == nullptr ? std::string(what) : fmt::format("{}: {}", what, text)};
}

class TlsWire final : public Wire {
 public:
  TlsWire(Socket socket, Ssl ssl) : socket_(std::move(socket)), ssl_(std::move(ssl)) {}

  std::expected<void, ClientError> shake_hands(const Origin& origin, Instant deadline) {
    const WithoutSigpipe guard;
    while (true) {
      ERR_clear_error();
      const int done = SSL_connect(ssl_.get());
      if (done == 1) return {};
      if (const auto events = wanted(done)) {
        if (const auto ready = socket_.wait(*events, deadline); !ready) return std::unexpected(ready.error());
        continue;
      }
      const auto verdict = SSL_get_verify_result(ssl_.get());
      if (verdict == X509_V_OK)
        return std::unexpected(tls_error(fmt::format("no TLS with {}", origin.authority())));
      ERR_clear_error();
      return std::unexpected(ClientError(
          ErrorKind::tls, fmt::format("the certificate of {} is not trusted: {}", origin.authority(),
                                      X509_verify_cert_error_string(verdict))));
    }
  }

  std::expected<std::size_t, ClientError> read(std::span<std::uint8_t> into, Instant deadline) override {
    const WithoutSigpipe guard;
    while (true) {
      ERR_clear_error();
      std::size_t count = 0;
      const int done = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
      if (done == 1) return count;
      if (SSL_get_error(ssl_.get(), done) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
      if (const auto waited = wait_or_fail(done, deadline, 0); !waited)
        return std::unexpected(waited.error());
    }
  }

  std::expected<std::size_t, ClientError> write(ByteView bytes, Instant deadline) override {
    const WithoutSigpipe guard;
    while (true) {
      ERR_clear_error();
      std::size_t count = 0;
      const int done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
      if (done == 1) return count;
      const auto waited = wait_or_fail(done, deadline, POLLIN);
      if (!waited) return std::unexpected(waited.error());
      if ((*waited & POLLIN) != 0 && has_input()) return std::size_t{0};
    }
  }

  /// Readable may only mean a message of TLS's own, such as a session ticket.
  bool has_input() override {
    if (SSL_pending(ssl_.get()) > 0) return true;
    if (!socket_.readable_now()) return false;
    ERR_clear_error();
    std::uint8_t byte = 0;
    std::size_t count = 0;
    const int done = SSL_peek_ex(ssl_.get(), &byte, 1, &count);
    return done == 1 || !wanted(done);
  }

  void half_close() override {
    const WithoutSigpipe guard;
    SSL_shutdown(ssl_.get());
  }
  void interrupt() override { socket_.interrupt(); }
  void reset() override { socket_.reset(); }

 private:
  std::optional<short> wanted(int result) const {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return POLLIN;
      case SSL_ERROR_WANT_WRITE:
        return POLLOUT;
      default:
        return std::nullopt;
    }
  }

  std::expected<short, ClientError> wait_or_fail(int result, Instant deadline, short also) {
    if (const auto events = wanted(result)) {
      return socket_.wait(static_cast<short>(*events | also), deadline);
    }
    if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_SYSCALL) return std::unexpected(cut_by(errno));
    auto failure = tls_error("the TLS connection broke");
    failure.kind = ErrorKind::cut;
    return std::unexpected(std::move(failure));
  }

  Socket socket_;
  Ssl ssl_;
};

bool is_address(const std::string& host) {
  return host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
}

bool expect_certificate_of(SSL* ssl, const std::string& host) {
  if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  return SSL_set1_host(ssl, host.c_str()) == 1;
}

}  // namespace

std::expected<std::shared_ptr<const TlsContext>, ClientError> make_tls_context(const HttpOptions& options) {
  auto context = std::make_shared<const TlsContext>(SSL_CTX_new(TLS_client_method()), options.verify_tls);
  if (context->get() == nullptr) return std::unexpected(tls_error("no TLS"));
  SSL_CTX_set_min_proto_version(context->get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context->get(), options.verify_tls ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  const bool trusts = options.ca_file.empty()
                          ? trust_the_systems_authorities(*context->get())
                          : SSL_CTX_load_verify_file(context->get(), options.ca_file.c_str()) == 1;
  if (!trusts) return std::unexpected(tls_error(fmt::format("no certificates in {}", options.ca_file)));
  return context;
}

WireResult connect_tls(const Origin& origin, const TlsContext& context, Instant deadline) {
  auto socket = Socket::connect(origin, deadline);
  if (!socket) return std::unexpected(socket.error());
  Ssl ssl(SSL_new(context.get()));
  if (!ssl || SSL_set_fd(ssl.get(), socket->descriptor()) != 1) return std::unexpected(tls_error("no TLS"));
  if (!is_address(origin.host)) {  // SSL_set_tlsext_host_name(), whose macro casts as C does
    SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(origin.host.c_str()));
  }
  if (context.verifies() && !expect_certificate_of(ssl.get(), origin.host))
    return std::unexpected(tls_error("no TLS"));
  auto wire = std::make_unique<TlsWire>(*std::move(socket), std::move(ssl));
  if (const auto shaken = wire->shake_hands(origin, deadline); !shaken)
    return std::unexpected(shaken.error());
  return wire;
}

}  // namespace partsmith::client
