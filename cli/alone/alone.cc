/// What the program that needs no library (cmake/PartsmithAlone.cmake) does before main(): it keeps away from
/// libraries that lie on the machine it runs on, which are made for another C library than the one inside.

#include <netdb.h>
#include <nss.h>
#include <openssl/crypto.h>

namespace {

const bool prepared = [] {
  // Names by /etc/hosts and DNS, which are inside. What else /etc/nsswitch.conf has would be loaded.
  __nss_configure_lookup("hosts", "files dns");
  // The machine's configuration of OpenSSL may name modules.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  return true;
}();

}  // namespace
