#pragma once
/// Entity tags. An ETag is kept without quotes; only what goes on the wire is quoted.

#include <compare>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <partsmith/values/digest.h>

namespace partsmith {

class ETag {
 public:
  ETag() = default;
  /// The ETag of a plain object or a part: the hex MD5 of its bytes.
  static ETag of(const Md5& digest);
  /// The ETag of a multipart object: the hex MD5 of the parts' binary MD5s, then "-N".
  static ETag of_parts(std::span<const ETag> parts);
  /// As a client writes it: surrounding quotes and a weak prefix are dropped, the rest is kept as it is.
  static ETag from_client(std::string_view text);
  /// As storage gave it back: no quotes.
  static ETag from_stored(std::string text);

  const std::string& text() const { return text_; }  ///< without quotes
  std::string quoted() const { return '"' + text_ + '"'; }
  auto operator<=>(const ETag&) const = default;

 private:
  explicit ETag(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace partsmith
