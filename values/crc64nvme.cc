#include <array>
#include <bit>
#include <cstring>

#include <partsmith/values/crc.h>

#include "reflected_crc.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace partsmith {
namespace {

using Slices = std::array<std::array<std::uint64_t, 256>, 8>;

/// slices[k][b]: what remains of byte b when k more bytes have followed it.
constexpr Slices slices = [] {
  Slices tables{};
  tables[0] = Crc64Nvme::table;
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) tables[k][byte] = Crc64Nvme::step(tables[k - 1][byte], 0);
  }
  return tables;
}();

std::uint64_t load_little_endian(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

/// Eight bytes a step; works on the bare state, without the inversions at either end.
std::uint64_t update_by_slices(std::uint64_t state, ByteView bytes) {
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    const std::uint64_t word = state ^ load_little_endian(bytes.data());
    state = 0;
    for (std::size_t i = 0; i < 8; ++i) state ^= slices[7 - i][word >> (8 * i) & 0xFFU];
  }
  for (const std::uint8_t byte : bytes) state = Crc64Nvme::step(state, byte);
  return state;
}

#if defined(__x86_64__)
#define PARTSMITH_CLMUL __attribute__((target("pclmul,sse2")))

/// Factors that move 128 bits forward by `distance` bits. The product of two reflected words comes out one
/// bit too high, hence the missing x. The lower half of a lane holds the earlier bytes, thus the 64 higher
/// powers.
struct Fold {
  std::uint64_t lower;
  std::uint64_t upper;
  constexpr explicit Fold(unsigned distance)
      : lower(Crc64Nvme::power_of_x(distance + 64 - 1)), upper(Crc64Nvme::power_of_x(distance - 1)) {}
};

PARTSMITH_CLMUL inline __m128i load(const std::uint8_t* bytes) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

PARTSMITH_CLMUL inline __m128i factors_of(const Fold& fold) {
  return _mm_set_epi64x(std::bit_cast<long long>(fold.upper), std::bit_cast<long long>(fold.lower));
}

/// `lane`, moved forward, plus the bytes it lands on.
PARTSMITH_CLMUL inline __m128i fold(__m128i lane, __m128i factors, __m128i onto) {
  return _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(lane, factors, 0x00), onto),
                       _mm_clmulepi64_si128(lane, factors, 0x11));
}

constexpr std::size_t lane_bytes = 16;
constexpr std::size_t lanes = 8;  // enough to hide the latency of the multiplication
constexpr std::size_t block_bytes = lanes * lane_bytes;

/// Folds whole blocks, 128 bytes a step, down to 16 bytes of the same remainder, which the tables finish.
PARTSMITH_CLMUL std::uint64_t update_by_folding(std::uint64_t state, ByteView bytes) {
  if (bytes.size() < 2 * block_bytes) return update_by_slices(state, bytes);

  __m128i lane[lanes];  // a template argument would lose the attributes of __m128i
#pragma GCC unroll 8
  for (std::size_t i = 0; i < lanes; ++i) lane[i] = load(bytes.data() + i * lane_bytes);
  lane[0] = _mm_xor_si128(lane[0], _mm_set_epi64x(0, std::bit_cast<long long>(state)));
  bytes = bytes.subspan(block_bytes);

  constexpr Fold by_block(8 * block_bytes);
  const __m128i block_factors = factors_of(by_block);
  for (; bytes.size() >= block_bytes; bytes = bytes.subspan(block_bytes)) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < lanes; ++i) {
      lane[i] = fold(lane[i], block_factors, load(bytes.data() + i * lane_bytes));
    }
  }

  constexpr Fold by_lane(8 * lane_bytes);
  const __m128i lane_factors = factors_of(by_lane);
  __m128i rest = lane[0];
#pragma GCC unroll 8
  for (std::size_t i = 1; i < lanes; ++i) rest = fold(rest, lane_factors, lane[i]);

  std::array<std::uint8_t, lane_bytes> folded{};
  std::memcpy(folded.data(), &rest, sizeof rest);
  return update_by_slices(update_by_slices(0, folded), bytes);
}

bool can_fold() {
  static const bool supported = [] {
    __builtin_cpu_init();
    return __builtin_cpu_supports("pclmul") != 0;
  }();
  return supported;
}
#endif

}  // namespace

std::uint64_t crc64nvme(std::uint64_t crc, ByteView bytes) {
#if defined(__x86_64__)
  if (can_fold()) return ~update_by_folding(~crc, bytes);
#endif
  return ~update_by_slices(~crc, bytes);
}

}  // namespace partsmith
