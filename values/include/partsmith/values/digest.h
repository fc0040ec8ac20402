#pragma once
/// Cryptographic digests by OpenSSL: MD5, SHA-1, SHA-256, SHA-512, and HMAC.

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include <partsmith/values/encoding.h>

namespace partsmith {

using Md5 = std::array<std::uint8_t, 16>;
using Sha1 = std::array<std::uint8_t, 20>;
using Sha256 = std::array<std::uint8_t, 32>;

enum class DigestKind { md5, sha1, sha256, sha512 };

/// One digest over bytes given piece by piece. Movable, not copyable; one thread at a time.
/// A Digest that has finished can be used again from the start.
class Digest {
 public:
  explicit Digest(DigestKind kind);
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  void update(ByteView bytes);
  /// The digest of all bytes so far, 16 to 64 bytes by kind; the next update begins a new one.
  Bytes finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Md5 md5(ByteView bytes);
Sha256 sha256(ByteView bytes);
Sha256 hmac_sha256(ByteView key, ByteView message);
Sha1 hmac_sha1(ByteView key, ByteView message);  ///< Signature V2 only

/// Compares in time that depends on the lengths only (signatures, digests of secrets).
bool equal_in_constant_time(ByteView a, ByteView b);

}  // namespace partsmith
