#include <algorithm>

#include <partsmith/values/cipher.h>
#include <partsmith/values/encoding.h>

#include "catch.h"

using namespace partsmith;

namespace {

template <typename Array>
Array array_of(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  Array array{};
  REQUIRE(bytes.size() == array.size());
  std::ranges::copy(bytes, array.begin());
  return array;
}

const std::string_view documented_key = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";

}  // namespace

/// Source: NIST SP 800-38A, F.5.5 (CTR-AES256.Encrypt).
TEST_CASE("AES-256-CTR gives the bytes of NIST's example") {
  CounterCipher cipher(array_of<CounterCipher::Key>(documented_key),
                       array_of<CounterCipher::Nonce>("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
  Bytes text = *from_hex(
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
  cipher.apply(0, text);
  CHECK(to_hex(text) ==
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
        "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6");
}

TEST_CASE("Any range of a text decrypts alone, in any order, also where the counter wraps around") {
  const auto key = array_of<CounterCipher::Key>(documented_key);
  const std::string nonce_text =
      GENERATE("00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff",
               "0123456789abcdef00000000fffffffe");
  const auto nonce = array_of<CounterCipher::Nonce>(nonce_text);
  Bytes text(1000);
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(i * 7);
  Bytes encrypted = text;
  CounterCipher(key, nonce).apply(0, encrypted);
  REQUIRE(encrypted != text);

  CounterCipher cipher(key, nonce);
  const auto [offset, length] = GENERATE(table<std::size_t, std::size_t>(
      {{984, 16}, {0, 1}, {1, 15}, {15, 2}, {16, 16}, {17, 500}, {517, 483}, {999, 1}, {0, 1000}, {40, 0}}));
  for (const std::size_t start : {offset, std::size_t{0}, offset}) {
    Bytes piece(encrypted.begin() + static_cast<std::ptrdiff_t>(start),
                encrypted.begin() + static_cast<std::ptrdiff_t>(std::min(start + length, text.size())));
    cipher.apply(start, piece);
    CHECK(std::ranges::equal(piece, ByteView(text).subspan(start, piece.size())));
  }
}

TEST_CASE("Another key or another nonce gives other bytes") {
  const auto key = array_of<CounterCipher::Key>(documented_key);
  const CounterCipher::Nonce nonce{};
  auto other_key = key;
  other_key[31] ^= 1;
  auto other_nonce = nonce;
  other_nonce[0] = 1;
  const auto encrypted = [](const CounterCipher::Key& k, const CounterCipher::Nonce& n) {
    Bytes text(64);
    CounterCipher(k, n).apply(0, text);
    return text;
  };
  CHECK(encrypted(key, nonce) == encrypted(key, nonce));
  CHECK(encrypted(other_key, nonce) != encrypted(key, nonce));
  CHECK(encrypted(key, other_nonce) != encrypted(key, nonce));
}
