#pragma once
/// Unpredictable bytes from OpenSSL's generator.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace partsmith {

void fill_random(std::span<std::uint8_t> bytes);
/// `count` random bytes as lower-case hex.
std::string random_hex(std::size_t count);

}  // namespace partsmith
