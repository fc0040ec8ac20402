#pragma once
/// The arithmetic that the reflected CRCs share. A CRC is a polynomial over GF(2) modulo P, kept with its
/// bits reflected: the highest bit of the word is the coefficient of x^0.

#include <array>
#include <cstdint>
#include <limits>

#include <partsmith/values/encoding.h>

namespace partsmith {

/// `Polynomial` is P without its leading term, reflected. Initial value and final XOR are all ones.
template <class Word, Word Polynomial>
struct ReflectedCrc {
  static constexpr unsigned bits = std::numeric_limits<Word>::digits;
  static constexpr Word one = Word{1} << (bits - 1U);

  // Masks instead of branches: the bits of a CRC are as good as random, and half the branches would be
  // mispredicted.

  static constexpr Word times_x(Word a) {
    const Word mask = static_cast<Word>(Word{0} - (a & 1U));
    return static_cast<Word>(a >> 1U ^ (mask & Polynomial));
  }

  /// a * b mod P.
  static constexpr Word multiply(Word a, Word b) {
    Word product = 0;
    for (unsigned power = 0; power < bits; ++power) {
      const Word mask = static_cast<Word>(Word{0} - (a >> (bits - 1U)));
      product ^= mask & b;
      a = static_cast<Word>(a << 1U);
      b = times_x(b);
    }
    return product;
  }

  /// x^n mod P, for small n.
  static constexpr Word power_of_x(unsigned n) {
    Word power = one;
    for (; n > 0; --n) power = times_x(power);
    return power;
  }

  /// powers[k] = x^(8 * 2^k) mod P: the factor of 2^k appended bytes.
  static constexpr std::array<Word, 64> powers = [] {
    std::array<Word, 64> table{};
    table[0] = power_of_x(8);
    for (std::size_t k = 1; k < table.size(); ++k) table[k] = multiply(table[k - 1], table[k - 1]);
    return table;
  }();

  /// What remains of each byte value after eight steps.
  static constexpr std::array<Word, 256> table = [] {
    std::array<Word, 256> remainders{};
    for (unsigned byte = 0; byte < 256; ++byte) {
      Word remainder = byte;
      for (int bit = 0; bit < 8; ++bit) remainder = times_x(remainder);
      remainders[byte] = remainder;
    }
    return remainders;
  }();

  static constexpr Word step(Word state, std::uint8_t byte) {
    return static_cast<Word>(state >> 8U ^ table[(state ^ byte) & 0xFFU]);
  }

  static constexpr Word plain(Word crc, ByteView bytes) {
    Word state = ~crc;
    for (const std::uint8_t byte : bytes) state = step(state, byte);
    return ~state;
  }

  /// x^(8 * count) mod P: the factor by which `count` more bytes move a CRC.
  static constexpr Word factor_of_bytes(std::uint64_t count) {
    Word factor = one;
    for (std::size_t k = 0; count != 0; ++k, count >>= 1U) {
      if ((count & 1U) != 0) factor = multiply(factor, powers[k]);
    }
    return factor;
  }

  /// The all-ones of start and end cancel out: CRC(AB) = CRC(A) * x^(8 |B|) + CRC(B).
  static constexpr Word combine(Word crc_a, Word crc_b, std::uint64_t length_b) {
    return multiply(crc_a, factor_of_bytes(length_b)) ^ crc_b;
  }
};

using Crc32 = ReflectedCrc<std::uint32_t, 0xEDB88320U>;
using Crc32c = ReflectedCrc<std::uint32_t, 0x82F63B78U>;
using Crc64Nvme = ReflectedCrc<std::uint64_t, 0x9A6C9329AC4BC9B5U>;

}  // namespace partsmith
