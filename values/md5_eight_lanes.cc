// Vectors of 256 bits. This file is compiled for AVX2 (values/CMakeLists.txt): nothing of it may run where
// the processor lacks that, but md5_kernel_of_eight(), whose few instructions every x86-64 has.

#include "md5_vectors.h"

namespace partsmith {

#if defined(__AVX2__)
namespace {

struct EightLanes {
  using Words = std::uint32_t __attribute__((vector_size(32)));
  static constexpr std::size_t lanes = 8;

  /// Turns eight rows of eight words at a time: within halves of vectors first, which costs less.
  static inline __attribute__((always_inline)) void gather(const Md5Lane* lane, std::size_t offset,
                                                           Words* words) {
#pragma GCC unroll 2
    for (std::size_t at = 0; at < words_of_block; at += 8) {
      const std::size_t from = offset + at * sizeof(std::uint32_t);
      Words pairs[8];  // of two lanes each
#pragma GCC unroll 4
      for (std::size_t i = 0; i < 4; ++i) {
        const auto even = load_words<Words>(lane[2 * i].bytes + from);
        const auto odd = load_words<Words>(lane[2 * i + 1].bytes + from);
        pairs[i] = __builtin_shufflevector(even, odd, 0, 8, 1, 9, 4, 12, 5, 13);
        pairs[i + 4] = __builtin_shufflevector(even, odd, 2, 10, 3, 11, 6, 14, 7, 15);
      }
      Words fours[8];  // [n]: words n and n + 4 of lanes 0 to 3; [n + 4]: of lanes 4 to 7
#pragma GCC unroll 2
      for (std::size_t i = 0; i < 2; ++i) {
        const Words* low = pairs + 2 * i;
        const Words* high = pairs + 4 + 2 * i;
        fours[4 * i + 0] = __builtin_shufflevector(low[0], low[1], 0, 1, 8, 9, 4, 5, 12, 13);
        fours[4 * i + 1] = __builtin_shufflevector(low[0], low[1], 2, 3, 10, 11, 6, 7, 14, 15);
        fours[4 * i + 2] = __builtin_shufflevector(high[0], high[1], 0, 1, 8, 9, 4, 5, 12, 13);
        fours[4 * i + 3] = __builtin_shufflevector(high[0], high[1], 2, 3, 10, 11, 6, 7, 14, 15);
      }
#pragma GCC unroll 4
      for (std::size_t i = 0; i < 4; ++i) {
        words[at + i] = __builtin_shufflevector(fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        words[at + i + 4] = __builtin_shufflevector(fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
      }
    }
  }
};

void run_eight(Md5Lane* lanes, std::size_t blocks) {
  md5_run_lanes<EightLanes>(lanes, blocks);
}

}  // namespace

Md5Kernel md5_kernel_of_eight() {
  return run_eight;
}
#else
Md5Kernel md5_kernel_of_eight() {
  return nullptr;
}
#endif

}  // namespace partsmith
