#pragma once
/// The name of a blob's file. It comes from the database, which may be anybody's, and becomes part of a path:
/// only a text of the exact form that the store itself writes is a name.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <partsmith/values/encoding.h>

namespace partsmith::storage {

using FillRandom = std::function<void(std::span<std::uint8_t>)>;

class BlobName {
 public:
  static constexpr std::size_t random_bytes = 16;

  /// Nothing unless the text is 32 hex digits in lower case.
  static std::optional<BlobName> parse(std::string_view text) {
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (text.size() != 2 * random_bytes) return std::nullopt;
    for (const char c : text) {
      if (!is_digit(c)) return std::nullopt;
    }
    return BlobName(std::string(text));
  }
  /// A name that no other blob has.
  static BlobName make(const FillRandom& random) {
    std::array<std::uint8_t, random_bytes> bytes{};
    random(bytes);
    return BlobName(to_hex(bytes));
  }

  const std::string& text() const { return text_; }
  /// The name of its folder in blobs/.
  std::string_view folder() const { return std::string_view(text_).substr(0, 2); }
  bool operator==(const BlobName&) const = default;

 private:
  explicit BlobName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace partsmith::storage
