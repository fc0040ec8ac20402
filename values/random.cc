#include <openssl/rand.h>

#include <stdexcept>

#include <partsmith/values/encoding.h>
#include <partsmith/values/random.h>

namespace partsmith {

void fill_random(std::span<std::uint8_t> bytes) {
  if (RAND_bytes_ex(nullptr, bytes.data(), bytes.size(), 0) != 1) {
    throw std::runtime_error("OpenSSL's generator gives no random bytes");
  }
}

std::string random_hex(std::size_t count) {
  Bytes bytes(count);
  fill_random(bytes);
  return to_hex(bytes);
}

}  // namespace partsmith
