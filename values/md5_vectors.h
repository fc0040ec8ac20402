#pragma once
/// The compression function of MD5 (RFC 1321, 3.4) on several streams at once, one in each 32-bit lane of the
/// compiler's vectors. Each file that includes it is compiled for a kind of processor of its own, so
/// everything here is that file's alone, and nothing of the standard library is used that could become code.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "md5_kernels.h"

namespace partsmith {
namespace {

constexpr std::size_t words_of_block = 16;

constexpr std::uint32_t md5_sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

constexpr unsigned md5_rotations[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

/// Which word of the block a step takes: word = (factor * step + first) mod 16, by round.
constexpr std::size_t md5_word(std::size_t step) {
  constexpr std::size_t factors[4] = {1, 5, 3, 7};
  constexpr std::size_t firsts[4] = {0, 1, 5, 0};
  return (factors[step / 16] * step + firsts[step / 16]) % words_of_block;
}

template <class Words>
struct Md5Vectors {
  Words a, b, c, d;
};

/// The compiler may not bring this sum into another order: it would wait for b once more, an eighth of the
/// time.
template <class Words>
inline __attribute__((always_inline)) void keep_apart(Words& sum) {
#if defined(__x86_64__)
  __asm__("" : "+x"(sum));
#elif defined(__aarch64__)
  __asm__("" : "+w"(sum));
#endif
}

/// One step. What doesn't depend on b, which the step before has just made, is added first: every step waits
/// for b.
template <std::size_t Step, class Words>
inline __attribute__((always_inline)) void md5_step(Md5Vectors<Words>& v, const Words* block) {
  constexpr std::size_t round = Step / 16;
  constexpr unsigned rotation = md5_rotations[round][Step % 4];
  Words sum = v.a + (block[md5_word(Step)] + md5_sines[Step]);
  keep_apart(sum);
  if constexpr (round == 0) {
    sum += v.d ^ (v.b & (v.c ^ v.d));
  } else if constexpr (round == 1) {
    sum += v.c & ~v.d;
    sum += v.b & v.d;  // no bit is in both
  } else if constexpr (round == 2) {
    sum += v.b ^ (v.c ^ v.d);
  } else {
    sum += v.c ^ (v.b | ~v.d);
  }
  v.a = v.d;
  v.d = v.c;
  v.c = v.b;
  v.b += (sum << rotation) | (sum >> (32U - rotation));
}

template <std::size_t Step, class Words>
inline __attribute__((always_inline)) void md5_steps_from(Md5Vectors<Words>& v, const Words* block) {
  md5_step<Step>(v, block);
  md5_step<Step + 1>(v, block);
  md5_step<Step + 2>(v, block);
  md5_step<Step + 3>(v, block);
  if constexpr (Step + 4 < 64) md5_steps_from<Step + 4>(v, block);
}

/// `Layout` says what the vectors are, and brings the blocks of all lanes, which lie apart, into vectors of
/// their n-th words.
template <class Layout>
inline __attribute__((always_inline)) void md5_run_lanes(Md5Lane* lanes, std::size_t blocks) {
  using Words = typename Layout::Words;
  Md5Vectors<Words> sum;
  for (std::size_t lane = 0; lane < Layout::lanes; ++lane) {
    sum.a[lane] = lanes[lane].state[0];
    sum.b[lane] = lanes[lane].state[1];
    sum.c[lane] = lanes[lane].state[2];
    sum.d[lane] = lanes[lane].state[3];
  }
  for (std::size_t block = 0; block < blocks; ++block) {
    Words words[words_of_block];
    Layout::gather(lanes, block * sizeof(std::uint32_t) * words_of_block, words);
    Md5Vectors<Words> v = sum;
    md5_steps_from<0>(v, words);
    sum.a += v.a;
    sum.b += v.b;
    sum.c += v.c;
    sum.d += v.d;
  }
  for (std::size_t lane = 0; lane < Layout::lanes; ++lane) {
    lanes[lane].state[0] = sum.a[lane];
    lanes[lane].state[1] = sum.b[lane];
    lanes[lane].state[2] = sum.c[lane];
    lanes[lane].state[3] = sum.d[lane];
    lanes[lane].bytes += blocks * sizeof(std::uint32_t) * words_of_block;
  }
}

template <class Words>
inline __attribute__((always_inline)) Words load_words(const std::uint8_t* bytes) {
  Words words;
  std::memcpy(&words, bytes, sizeof words);
  return words;
}

}  // namespace
}  // namespace partsmith
