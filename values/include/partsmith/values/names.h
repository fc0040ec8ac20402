#pragma once
/// Identifiers as strong types, made only by functions that check them: inside the house nothing is validated
/// twice.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <partsmith/values/limits.h>

namespace partsmith {

/// A bucket name by S3's rules for general purpose buckets: 3 to 63 characters of a-z, 0-9, '.' and '-',
/// beginning and ending with a letter or digit, no "..", not an IPv4 address, no reserved prefix or suffix.
/// Source: S3 user guide, "General purpose bucket naming rules".
class BucketName {
 public:
  static std::optional<BucketName> parse(std::string_view text);
  const std::string& text() const { return text_; }
  auto operator<=>(const BucketName&) const = default;

 private:
  explicit BucketName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// An object key: 1 to 1,024 bytes of UTF-8, any code point. Source: S3 user guide, "Naming Amazon S3
/// objects".
class ObjectKey {
 public:
  enum class Error { empty, too_long, not_utf8 };
  /// Nothing when it is not a key; `why` (if given) says the reason.
  static std::optional<ObjectKey> parse(std::string_view text, Error* why = nullptr);
  const std::string& text() const { return text_; }
  auto operator<=>(const ObjectKey&) const = default;

 private:
  explicit ObjectKey(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// The opaque id of a multipart upload. Those we make are 128 characters of base64url; any text from outside
/// is accepted here, and one that was never given out is simply not found.
class UploadId {
 public:
  explicit UploadId(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  auto operator<=>(const UploadId&) const = default;

 private:
  std::string text_;
};

/// 1 to limits::max_part_number.
class PartNumber {
 public:
  static std::optional<PartNumber> from(std::int64_t number);
  /// Decimal digits only.
  static std::optional<PartNumber> parse(std::string_view text);
  std::uint32_t value() const { return value_; }
  auto operator<=>(const PartNumber&) const = default;

 private:
  explicit PartNumber(std::uint32_t value) : value_(value) {}
  std::uint32_t value_;
};

/// Whether the text is well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace partsmith
