#pragma once
/// Makes certificates for `--tls-self-signed`.

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace partsmith::server {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

PrivateKey make_private_key();

/// The names of a certificate as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1"; nothing for what is
/// neither name nor address.
std::optional<std::string> subject_name(const std::string& host);

struct Issuer {
  X509* certificate;
  EVP_PKEY* key;
};

/// Of an authority that signs itself. These throw std::runtime_error when OpenSSL has no more memory or
/// randomness.
Certificate make_authority(EVP_PKEY& key, std::chrono::system_clock::time_point now);
Certificate make_certificate(EVP_PKEY& key, const std::string& subject_names, const Issuer& issuer,
                             std::chrono::system_clock::time_point now);

}  // namespace partsmith::server
