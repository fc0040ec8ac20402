#include <openssl/rand.h>
#include <unistd.h>

#include <stdexcept>

#include <partsmith/values/encoding.h>
#include <partsmith/values/random.h>

namespace partsmith {

void fill_random(std::span<std::uint8_t> bytes) {
  constexpr std::size_t most = 256;  // of getentropy(3)
  // OpenSSL makes a generator for each thread first, which a start waits for.
  if (bytes.size() <= most && getentropy(bytes.data(), bytes.size()) == 0) return;
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
