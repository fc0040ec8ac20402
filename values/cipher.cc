#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

#include <partsmith/values/cipher.h>

namespace partsmith {
namespace {

constexpr std::size_t block_size = 16;
constexpr std::size_t most_at_once = std::size_t{1} << 30;  // OpenSSL counts in int

struct Free {
  void operator()(EVP_CIPHER* p) const { EVP_CIPHER_free(p); }
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
};

/// OpenSSL fails here only without memory or without the algorithm: nothing a caller could answer.
void require(bool success) {
  if (!success) throw std::runtime_error("OpenSSL: AES-256-CTR");
}

/// Fetched once, as digests are.
const EVP_CIPHER* algorithm() {
  static const std::unique_ptr<EVP_CIPHER, Free> fetched(EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr));
  require(fetched != nullptr);
  return fetched.get();
}

/// The counter after so many blocks: a big-endian sum, which wraps around as OpenSSL's own counting does.
CounterCipher::Nonce advanced(CounterCipher::Nonce counter, std::uint64_t blocks) {
  for (auto digit = counter.rbegin(); digit != counter.rend() && blocks != 0; ++digit) {
    const std::uint64_t sum = (blocks & 0xff) + *digit;
    *digit = static_cast<std::uint8_t>(sum & 0xff);
    blocks = (blocks >> 8) + (sum >> 8);
  }
  return counter;
}

}  // namespace

struct CounterCipher::State {
  std::unique_ptr<EVP_CIPHER_CTX, Free> context;
  Nonce nonce;
  std::uint64_t position = 0;  ///< of the next byte that the context would turn

  void turn(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const auto piece = bytes.first(std::min(bytes.size(), most_at_once));
      int written = 0;
      const int size = static_cast<int>(piece.size());
      require(EVP_EncryptUpdate(context.get(), piece.data(), &written, piece.data(), size) == 1 &&
              written == size);
      position += piece.size();
      bytes = bytes.subspan(piece.size());
    }
  }

  void seek(std::uint64_t offset) {
    if (offset == position) return;
    const Nonce counter = advanced(nonce, offset / block_size);
    require(EVP_EncryptInit_ex2(context.get(), nullptr, nullptr, counter.data(), nullptr) == 1);
    position = offset - offset % block_size;
    std::array<std::uint8_t, block_size> skipped{};
    turn(std::span(skipped).first(offset % block_size));
  }
};

CounterCipher::CounterCipher(const Key& key, const Nonce& nonce)
    : state_(std::make_unique<State>(
          State{.context = std::unique_ptr<EVP_CIPHER_CTX, Free>(EVP_CIPHER_CTX_new()), .nonce = nonce})) {
  require(state_->context != nullptr);
  require(EVP_EncryptInit_ex2(state_->context.get(), algorithm(), key.data(), nonce.data(), nullptr) == 1);
}
CounterCipher::~CounterCipher() = default;
CounterCipher::CounterCipher(CounterCipher&&) noexcept = default;
CounterCipher& CounterCipher::operator=(CounterCipher&&) noexcept = default;

void CounterCipher::apply(std::uint64_t offset, std::span<std::uint8_t> bytes) {
  state_->seek(offset);
  state_->turn(bytes);
}

}  // namespace partsmith
