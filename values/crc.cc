#include <isa-l/crc.h>

#include <algorithm>
#include <limits>

#include <partsmith/values/crc.h>

#include "reflected_crc.h"

namespace partsmith {

std::uint32_t crc32(std::uint32_t crc, ByteView bytes) {
  return crc32_gzip_refl(crc, bytes.data(), bytes.size());
}

std::uint32_t crc32c(std::uint32_t crc, ByteView bytes) {
  // ISA-L leaves the inversion to the caller, takes an int for the length, and does not write to the buffer.
  std::uint32_t state = ~crc;
  while (!bytes.empty()) {
    const std::size_t taken = std::min<std::size_t>(bytes.size(), std::numeric_limits<int>::max());
    state = crc32_iscsi(const_cast<std::uint8_t*>(bytes.data()), static_cast<int>(taken), state);
    bytes = bytes.subspan(taken);
  }
  return ~state;
}

std::uint32_t crc32_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t length_b) {
  return Crc32::combine(crc_a, crc_b, length_b);
}
std::uint32_t crc32c_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t length_b) {
  return Crc32c::combine(crc_a, crc_b, length_b);
}
std::uint64_t crc64nvme_combine(std::uint64_t crc_a, std::uint64_t crc_b, std::uint64_t length_b) {
  return Crc64Nvme::combine(crc_a, crc_b, length_b);
}

std::uint32_t crc32_plain(std::uint32_t crc, ByteView bytes) {
  return Crc32::plain(crc, bytes);
}
std::uint32_t crc32c_plain(std::uint32_t crc, ByteView bytes) {
  return Crc32c::plain(crc, bytes);
}
std::uint64_t crc64nvme_plain(std::uint64_t crc, ByteView bytes) {
  return Crc64Nvme::plain(crc, bytes);
}

}  // namespace partsmith
