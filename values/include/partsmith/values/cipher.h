#pragma once
/// AES-256 in counter mode by OpenSSL: bytes can be encrypted and decrypted from any offset. It hides, it
/// does not protect from change.

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace partsmith {

/// Encrypting and decrypting are the same. No two texts may share both key and nonce. Movable, not copyable;
/// one thread at a time.
class CounterCipher {
 public:
  using Key = std::array<std::uint8_t, 32>;
  using Nonce = std::array<std::uint8_t, 16>;  ///< the counter's first value, big-endian

  CounterCipher(const Key& key, const Nonce& nonce);
  ~CounterCipher();
  CounterCipher(CounterCipher&&) noexcept;
  CounterCipher& operator=(CounterCipher&&) noexcept;

  /// Turns the bytes that lie at `offset` of the whole text, in place. Offsets may come in any order; in
  /// ascending order without gaps they are quickest.
  void apply(std::uint64_t offset, std::span<std::uint8_t> bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace partsmith
