// Derived keys are kept, and are those that are derived anew.

#include "signing_keys.h"

#include "catch.h"

using namespace partsmith;
using namespace partsmith::server;
using protocol::sigv4::Scope;

TEST_CASE("a kept signing key is the one of its scope, however many scopes there were") {
  SigningKeys keys;
  for (int round = 0; round < 2; ++round) {
    for (int day = 10; day < 100; ++day) {
      const Scope scope{"202611" + std::to_string(day), "us-east-1", "s3"};
      CHECK(keys.key_of("secret", scope) == protocol::sigv4::signing_key("secret", scope));
    }
  }
}

TEST_CASE("a scope of any length has its signing key") {
  SigningKeys keys;
  for (const std::size_t length : {0U, 40U, 64U, 65U, 10'000U}) {
    const Scope scope{"20261130", std::string(length, 'r'), "s3"};
    for (int time = 0; time < 2; ++time)
      CHECK(keys.key_of("secret", scope) == protocol::sigv4::signing_key("secret", scope));
  }
}
