#pragma once
/// What listings share: numbers and opaque tokens in queries, encoding-type, and how keys are written.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "call.h"

namespace partsmith::server {

/// A query number from 0 to 2^31-1; absent or empty counts as `absent` (recorded: list-parts-empty-query-values). What is
/// above `most` counts as `most`. InvalidArgument naming the parameter otherwise.
S3Result<std::uint32_t> number_parameter(const Call& call, std::string_view name, std::uint32_t absent,
                                         std::uint32_t most);

/// Opaque tokens hold a key. InvalidArgument when the text is not one that make_token() gave.
std::string make_token(std::string_view key);
S3Result<std::optional<std::string>> opaque_token(const Call& call, std::string_view name);

/// encoding-type=url and how it changes the names in a listing.
class NameEncoding {
 public:
  /// InvalidArgument when the parameter is there and isn't "url".
  static S3Result<NameEncoding> of(const Call& call);

  bool url() const { return url_; }
  /// As S3 writes names: untouched, or encoded with '/' and '*' kept and a space as '+'.
  std::string operator()(std::string_view name) const;

 private:
  bool url_ = false;
};

}  // namespace partsmith::server
