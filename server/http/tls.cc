#include "http/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <partsmith/values/random.h>

#include "http/certificates.h"

namespace partsmith::server {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype([](SSL_CTX* context) { SSL_CTX_free(context); })>;

constexpr std::string_view fixed_names = "DNS:localhost,DNS:*.s3.localhost,IP:127.0.0.1,IP:::1";

/// What went wrong first: what follows only says by which layers it went.
std::string first_error() {
  const auto code = ERR_peek_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  if (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE)
    return "there is no such thing in it as PEM, which begins with -----BEGIN";
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  return text == nullptr ? "TLS failed" : text;
}

Context new_context() {
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // A buffer may have moved when the rest of it is sent, and idle connections should cost little.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  return context;
}

/// Makes certificates for the names that clients ask for.
class Authority {
 public:
  Authority(const std::string& subject_names, std::chrono::system_clock::time_point now)
      : now_(now),
        authority_key_(make_private_key()),
        authority_(make_authority(*authority_key_, now)),
        key_(make_private_key()),
        fallback_(make_certificate(*key_, subject_names, issuer(), now)) {}

  X509* own_certificate() const { return authority_.get(); }

  /// For SSL_CTX_set_cert_cb: 1 to go on.
  int choose(SSL* ssl) {
    const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    X509* const certificate = asked == nullptr ? fallback_.get() : certificate_for(asked);
    return SSL_use_certificate(ssl, certificate) == 1 && SSL_use_PrivateKey(ssl, key_.get()) == 1 ? 1 : 0;
  }

 private:
  static constexpr std::size_t most_names = 10'000;  ///< then a client is playing

  Issuer issuer() const { return {authority_.get(), authority_key_.get()}; }

  X509* certificate_for(const std::string& host) {
    if (!host.ends_with(".localhost")) return fallback_.get();
    const auto name = subject_name(host);
    if (!name) return fallback_.get();
    const std::scoped_lock lock(mutex_);
    const auto known = made_.find(host);
    if (known != made_.end()) return known->second.get();
    if (made_.size() >= most_names) return fallback_.get();
    return made_.emplace(host, make_certificate(*key_, *name, issuer(), now_)).first->second.get();
  }

  std::chrono::system_clock::time_point now_;
  PrivateKey authority_key_;
  Certificate authority_;
  PrivateKey key_;
  Certificate fallback_;
  std::mutex mutex_;
  std::map<std::string, Certificate> made_;  ///< guarded by mutex_; none is ever removed
};

int choose_certificate(SSL* ssl, void* authority) noexcept {
  try {
    return static_cast<Authority*>(authority)->choose(ssl);
  } catch (const std::exception&) {
    return 0;  // the handshake fails, and the client is told so
  }
}

std::expected<void, std::string> write_certificate(const X509& certificate,
                                                   const std::filesystem::path& path) {
  const std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free_all(bio); })> memory(BIO_new(BIO_s_mem()));
  if (!memory || PEM_write_bio_X509(memory.get(), &certificate) != 1) throw std::bad_alloc();
  std::string text(BIO_ctrl_pending(memory.get()), '\0');
  BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
  // A name that nobody can foresee, and made anew: a link that waits there leads nowhere.
  const std::filesystem::path draft = path.string() + '.' + random_hex(4);
  errno = 0;
  std::ofstream file(draft, std::ios::binary | std::ios::noreplace);
  file << text;
  file.close();
  std::error_code error;
  if (file) {
    std::filesystem::rename(draft, path, error);
  } else {
    error.assign(errno == 0 ? EIO : errno, std::generic_category());
  }
  if (error)
    return std::unexpected(
        fmt::format("cannot write the certificate to {}: {}", path.string(), error.message()));
  return {};
}

}  // namespace

struct TlsIdentity::State {
  Context context = new_context();
  std::optional<Authority> authority = {};
};

TlsIdentity::TlsIdentity(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsIdentity::~TlsIdentity() = default;

std::expected<std::shared_ptr<const TlsIdentity>, std::string> TlsIdentity::from_files(
    const std::filesystem::path& certificate, const std::filesystem::path& key) {
  auto state = std::make_unique<State>();
  SSL_CTX* const context = state->context.get();
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return std::unexpected(
        fmt::format("cannot use the certificate {}: {}", certificate.string(), first_error()));
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return std::unexpected(
        fmt::format("cannot use the key {} with that certificate: {}", key.string(), first_error()));
  }
  return std::shared_ptr<const TlsIdentity>(new TlsIdentity(std::move(state)));
}

std::expected<std::shared_ptr<const TlsIdentity>, std::string> TlsIdentity::self_signed(
    const std::string& host, const std::filesystem::path& ca_file,
    std::chrono::system_clock::time_point now) {
  auto state = std::make_unique<State>();
  std::string names(fixed_names);
  if (const auto name = subject_name(host)) names += ',' + *name;
  state->authority.emplace(names, now);
  if (const auto written = write_certificate(*state->authority->own_certificate(), ca_file); !written) {
    return std::unexpected(written.error());
  }
  SSL_CTX_set_cert_cb(state->context.get(), choose_certificate, &*state->authority);
  return std::shared_ptr<const TlsIdentity>(new TlsIdentity(std::move(state)));
}

struct TlsSession::State {
  std::unique_ptr<SSL, decltype([](SSL* ssl) { SSL_free(ssl); })> ssl;
  bool broken = false;  ///< after which nothing may be said

  TlsStep step_of(int result) {
    switch (SSL_get_error(ssl.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return TlsStep::wants_input;
      case SSL_ERROR_WANT_WRITE:
        return TlsStep::wants_output;
      case SSL_ERROR_ZERO_RETURN:
        return TlsStep::ended;
      default:
        broken = true;
        ERR_clear_error();
        return TlsStep::ended;
    }
  }
};

TlsSession::TlsSession(const TlsIdentity& identity, int socket) : state_(std::make_unique<State>()) {
  state_->ssl.reset(SSL_new(identity.state_->context.get()));
  if (!state_->ssl || SSL_set_fd(state_->ssl.get(), socket) != 1) throw std::bad_alloc();
  SSL_set_accept_state(state_->ssl.get());
}

TlsSession::~TlsSession() = default;

bool TlsSession::shaking_hands() const {
  return SSL_is_init_finished(state_->ssl.get()) == 0;
}

bool TlsSession::has_begun() const {
  return SSL_in_before(state_->ssl.get()) == 0;
}

bool TlsSession::has_pending() const {
  return SSL_pending(state_->ssl.get()) > 0;
}

TlsStep TlsSession::receive(std::span<char> into, std::size_t& count) {
  ERR_clear_error();
  const int result = SSL_read_ex(state_->ssl.get(), into.data(), into.size(), &count);
  return result == 1 ? TlsStep::done : state_->step_of(result);
}

TlsStep TlsSession::send(std::string_view bytes, std::size_t& count) {
  ERR_clear_error();
  const int result = SSL_write_ex(state_->ssl.get(), bytes.data(), bytes.size(), &count);
  return result == 1 ? TlsStep::done : state_->step_of(result);
}

void TlsSession::say_goodbye() {
  if (state_->broken || shaking_hands()) return;
  ERR_clear_error();
  SSL_shutdown(state_->ssl.get());
  ERR_clear_error();
}

}  // namespace partsmith::server
