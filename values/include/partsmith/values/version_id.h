#pragma once
/// The opaque id of an object version: the word "null", or 32 characters of A-Z, a-z, 0-9, '.' and '_'. An id
/// carries a number, masked, by which its version is found without an index of ids, and which tells the place
/// of a version that has gone.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace partsmith {

class VersionId {
 public:
  /// Of objects made while their bucket had no versions, or had them suspended.
  static VersionId null() { return VersionId("null", 0); }
  using Salt = std::array<std::uint8_t, 8>;
  /// `number` is greater than 0; `salt` is random.
  static VersionId of(std::int64_t number, const Salt& salt);
  /// Nothing for a text that of() can't have made. That it could have doesn't mean that it was given out.
  static std::optional<VersionId> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool is_null() const { return number_ == 0; }
  /// What of() was given; 0 for null.
  std::int64_t number() const { return number_; }
  auto operator<=>(const VersionId&) const = default;

 private:
  VersionId(std::string text, std::int64_t number) : text_(std::move(text)), number_(number) {}
  std::string text_;
  std::int64_t number_;
};

}  // namespace partsmith
