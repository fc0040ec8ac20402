#pragma once
/// The certificates that the system trusts, wherever its distribution keeps them.

#include <openssl/ssl.h>

namespace partsmith::client {

/// `SSL_CERT_FILE` and `SSL_CERT_DIR` where they are set; else OpenSSL's own places and, where its file isn't
/// there (a program that was built elsewhere), the first bundle of the places that distributions have. False:
/// out of memory.
bool trust_the_systems_authorities(SSL_CTX& context);

}  // namespace partsmith::client
