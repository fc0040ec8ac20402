#pragma once
/// The kernels of Md5Stream::update_together(), one a width.

#include <bit>
#include <cstddef>
#include <cstdint>

namespace partsmith {

constexpr std::size_t md5_block_bytes = 64;

/// One stream on its way through a kernel.
struct Md5Lane {
  std::uint32_t state[4];     // NOLINT: the kernels use nothing of the standard library
  const std::uint8_t* bytes;  ///< the kernel moves it behind what it has digested
};

/// Digests so many blocks of each lane: all lanes of its width are used.
using Md5Kernel = void (*)(Md5Lane* lanes, std::size_t blocks);

/// Nothing where the compiler has no such vectors.
Md5Kernel md5_kernel_of_four();
Md5Kernel md5_kernel_of_eight();

}  // namespace partsmith
