#pragma once
/// Unpredictable bytes of the system; of OpenSSL's generator where the system gives none.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace partsmith {

void fill_random(std::span<std::uint8_t> bytes);
/// `count` random bytes as lower-case hex.
std::string random_hex(std::size_t count);

}  // namespace partsmith
