#include <array>

#include <partsmith/values/encoding.h>

namespace partsmith {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

std::optional<std::uint8_t> hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

/// One of RFC 4648's two alphabets of 64 characters, both ways.
class Alphabet {
 public:
  constexpr Alphabet(char character_62, char character_63) {
    std::size_t count = 0;
    for (char c = 'A'; c <= 'Z'; ++c) digits_[count++] = c;
    for (char c = 'a'; c <= 'z'; ++c) digits_[count++] = c;
    for (char c = '0'; c <= '9'; ++c) digits_[count++] = c;
    digits_[count++] = character_62;
    digits_[count++] = character_63;
    values_.fill(none);
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      values_[static_cast<unsigned char>(digits_[i])] = static_cast<std::uint8_t>(i);
    }
  }

  static constexpr std::uint8_t none = 0xff;
  constexpr char digit(std::uint32_t value) const { return digits_[value & 63U]; }
  constexpr std::uint8_t value(char c) const { return values_[static_cast<unsigned char>(c)]; }

 private:
  std::array<char, 64> digits_{};
  std::array<std::uint8_t, 256> values_{};
};

constexpr Alphabet standard('+', '/');
constexpr Alphabet url_safe('-', '_');

/// Without padding: two to four digits for each group of one to three bytes.
std::string encode(const Alphabet& alphabet, ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  while (!bytes.empty()) {
    const std::size_t taken = bytes.size() < 3 ? bytes.size() : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8U | (i < taken ? bytes[i] : 0U);
    for (std::size_t i = 0; i <= taken; ++i) text += alphabet.digit(group >> (18U - 6U * i));
    bytes = bytes.subspan(taken);
  }
  return text;
}

/// The inverse of encode; refuses a last group whose unused bits are not zero, so that each value has one
/// text.
std::optional<Bytes> decode(const Alphabet& alphabet, std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const char c : text) {
    const std::uint8_t value = alphabet.value(c);
    if (value == Alphabet::none) return std::nullopt;
    pending = pending << 6U | value;
    pending_bits += 6;
    if (pending_bits < 8) continue;
    pending_bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(pending >> pending_bits));
    pending &= (1U << pending_bits) - 1U;
  }
  if (pending != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += hex_digits[byte >> 4U];
    text += hex_digits[byte & 15U];
  }
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_value(text[i]);
    const auto low = hex_value(text[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*high << 4U | *low));
  }
  return bytes;
}

std::string to_base64(ByteView bytes) {
  std::string text = encode(standard, bytes);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(standard, text);
}

std::string to_base64url(ByteView bytes) {
  return encode(url_safe, bytes);
}

std::optional<Bytes> from_base64url(std::string_view text) {
  return decode(url_safe, text);
}

}  // namespace partsmith
