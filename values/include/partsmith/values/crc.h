#pragma once
/// The three CRCs of S3: CRC-32 (IEEE), CRC-32C (Castagnoli) and CRC-64/NVME. Each fast path (carry-less
/// multiplication, by a library where one fits) has a plain twin in the same header for the differential
/// test.

#include <cstdint>

#include <partsmith/values/encoding.h>

namespace partsmith {

/// Continue a CRC: `crc` is the value so far (0 at the start), the result is the value with `bytes` appended.
std::uint32_t crc32(std::uint32_t crc, ByteView bytes);
std::uint32_t crc32c(std::uint32_t crc, ByteView bytes);
std::uint64_t crc64nvme(std::uint64_t crc, ByteView bytes);

/// The CRC of A followed by B, from the CRC of each and the length of B in bytes, without reading either
/// again.
std::uint32_t crc32_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t length_b);
std::uint32_t crc32c_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t length_b);
std::uint64_t crc64nvme_combine(std::uint64_t crc_a, std::uint64_t crc_b, std::uint64_t length_b);

/// Byte-at-a-time twins: slow, obvious, and the measure of the fast ones.
std::uint32_t crc32_plain(std::uint32_t crc, ByteView bytes);
std::uint32_t crc32c_plain(std::uint32_t crc, ByteView bytes);
std::uint64_t crc64nvme_plain(std::uint64_t crc, ByteView bytes);

}  // namespace partsmith
