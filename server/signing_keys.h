#pragma once
/// The keys that Signature V4 derives from the secret, one for each day, region and service. Deriving one
/// takes four HMACs, and nearly every request of a day uses the same.

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include <partsmith/protocol/sigv4.h>

namespace partsmith::server {

/// Safe from any thread.
class SigningKeys {
 public:
  /// `secret_key` is the same each time.
  Sha256 key_of(std::string_view secret_key, const protocol::sigv4::Scope& scope);

 private:
  // A scope is what the client wrote: neither many nor long ones are kept.
  static constexpr std::size_t most_kept = 64;
  static constexpr std::size_t longest_kept = 64;

  std::mutex mutex_;
  std::map<std::string, Sha256> kept_;
};

}  // namespace partsmith::server
