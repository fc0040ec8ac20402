// Vectors of 128 bits, which every x86-64 (SSE2) and every arm64 (NEON) has.

#include "md5_vectors.h"

namespace partsmith {

#if (defined(__x86_64__) || defined(__aarch64__)) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
namespace {

struct FourLanes {
  using Words = std::uint32_t __attribute__((vector_size(16)));
  static constexpr std::size_t lanes = 4;

  /// Turns four rows of four words at a time.
  static inline __attribute__((always_inline)) void gather(const Md5Lane* lane, std::size_t offset,
                                                           Words* words) {
#pragma GCC unroll 4
    for (std::size_t at = 0; at < words_of_block; at += 4) {
      const std::size_t from = offset + at * sizeof(std::uint32_t);
      const auto r0 = load_words<Words>(lane[0].bytes + from);
      const auto r1 = load_words<Words>(lane[1].bytes + from);
      const auto r2 = load_words<Words>(lane[2].bytes + from);
      const auto r3 = load_words<Words>(lane[3].bytes + from);
      const Words low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5);
      const Words low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
      const Words high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
      const Words high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
      words[at + 0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
      words[at + 1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
      words[at + 2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
      words[at + 3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
    }
  }
};

void run_four(Md5Lane* lanes, std::size_t blocks) {
  md5_run_lanes<FourLanes>(lanes, blocks);
}

}  // namespace

Md5Kernel md5_kernel_of_four() {
  return run_four;
}
#else
Md5Kernel md5_kernel_of_four() {
  return nullptr;
}
#endif

}  // namespace partsmith
