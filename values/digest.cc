#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <stdexcept>
#include <string>

#include <partsmith/values/digest.h>

namespace partsmith {
namespace {

struct Free {
  void operator()(EVP_MD* p) const { EVP_MD_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(EVP_MAC* p) const { EVP_MAC_free(p); }
  void operator()(EVP_MAC_CTX* p) const { EVP_MAC_CTX_free(p); }
};
using Algorithm = std::unique_ptr<EVP_MD, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free>;

/// OpenSSL fails here only without memory or without the algorithm (a FIPS build has no MD5): nothing a
/// caller could answer.
void require(bool success, const char* what) {
  if (!success) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

Algorithm fetch(const char* name) {
  Algorithm algorithm(EVP_MD_fetch(nullptr, name, nullptr));
  require(algorithm != nullptr, name);
  return algorithm;
}

/// Fetched once: the implicit fetch of EVP_md5() and its kin takes locks on every use.
const EVP_MD* algorithm_of(DigestKind kind) {
  static const std::array<Algorithm, 4> fetched = {fetch("MD5"), fetch("SHA1"), fetch("SHA256"),
                                                   fetch("SHA512")};
  return fetched.at(static_cast<std::size_t>(kind)).get();
}

MacContext new_hmac(std::string digest) {
  const std::unique_ptr<EVP_MAC, Free> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  require(hmac != nullptr, "HMAC");
  MacContext context(EVP_MAC_CTX_new(hmac.get()));
  require(context != nullptr, "HMAC");
  const std::array params = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                             OSSL_PARAM_construct_end()};
  require(EVP_MAC_CTX_set_params(context.get(), params.data()) == 1, "HMAC");
  return context;
}

/// Duplicating a prepared context skips the look-up of HMAC and its digest by name.
template <std::size_t Size>
std::array<std::uint8_t, Size> hmac_with(const MacContext& prepared, ByteView key, ByteView message) {
  const MacContext context(EVP_MAC_CTX_dup(prepared.get()));
  require(context != nullptr, "HMAC");
  const std::uint8_t nothing = 0;  // a null key would mean "keep the old one", not the empty key
  std::array<std::uint8_t, Size> value{};
  std::size_t size = 0;
  require(EVP_MAC_init(context.get(), key.empty() ? &nothing : key.data(), key.size(), nullptr) == 1 &&
              EVP_MAC_update(context.get(), message.data(), message.size()) == 1 &&
              EVP_MAC_final(context.get(), value.data(), &size, value.size()) == 1 && size == value.size(),
          "HMAC");
  return value;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> digest_of(DigestKind kind, ByteView bytes) {
  std::array<std::uint8_t, Size> value{};
  require(EVP_Digest(bytes.data(), bytes.size(), value.data(), nullptr, algorithm_of(kind), nullptr) == 1,
          "digest");
  return value;
}

}  // namespace

struct Digest::State {
  const EVP_MD* algorithm;
  Context context;
};

Digest::Digest(DigestKind kind)
    : state_(std::make_unique<State>(State{algorithm_of(kind), Context(EVP_MD_CTX_new())})) {
  require(EVP_DigestInit_ex2(state_->context.get(), state_->algorithm, nullptr) == 1, "digest");
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::update(ByteView bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1, "digest");
}

Bytes Digest::finish() {
  Bytes value(static_cast<std::size_t>(EVP_MD_get_size(state_->algorithm)));
  require(EVP_DigestFinal_ex(state_->context.get(), value.data(), nullptr) == 1, "digest");
  require(EVP_DigestInit_ex2(state_->context.get(), state_->algorithm, nullptr) == 1, "digest");
  return value;
}

Md5 md5(ByteView bytes) {
  return digest_of<16>(DigestKind::md5, bytes);
}

Sha256 sha256(ByteView bytes) {
  return digest_of<32>(DigestKind::sha256, bytes);
}

Sha256 hmac_sha256(ByteView key, ByteView message) {
  static const MacContext prepared = new_hmac("SHA256");
  return hmac_with<32>(prepared, key, message);
}

Sha1 hmac_sha1(ByteView key, ByteView message) {
  static const MacContext prepared = new_hmac("SHA1");
  return hmac_with<20>(prepared, key, message);
}

bool equal_in_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace partsmith
