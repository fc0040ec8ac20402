#include "trusted_authorities.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace partsmith::client {
namespace {

constexpr std::array bundles{
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, Red Hat
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // the same, newer
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/ssl/cert.pem",                                  // Alpine without its package of certificates
};

bool readable(const char* path) {
  return access(path, R_OK) == 0;
}

}  // namespace

bool trust_the_systems_authorities(SSL_CTX& context) {
  if (SSL_CTX_set_default_verify_paths(&context) != 1) return false;
  const bool said = std::getenv(X509_get_default_cert_file_env()) != nullptr ||
                    std::getenv(X509_get_default_cert_dir_env()) != nullptr;
  if (said || readable(X509_get_default_cert_file())) return true;
  for (const char* bundle : bundles) {
    if (readable(bundle) && SSL_CTX_load_verify_file(&context, bundle) == 1) break;
  }
  ERR_clear_error();  // a bundle that isn't one is as good as none: the handshake will tell
  return true;
}

}  // namespace partsmith::client
