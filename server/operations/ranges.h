#pragma once
/// The Range header as S3 reads it: one range of bytes. What isn't that is ignored, as if there were no
/// header.

#include <cstdint>
#include <optional>
#include <string_view>

#include "visit.h"

namespace partsmith::server {

/// Bytes [first, first + length) of an object.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
  std::string content_range(std::uint64_t size) const;  ///< `bytes 0-16/960`
};

/// Nothing: serve the whole object. InvalidRange (416) when the object, `size` bytes long, has no byte in the
/// range; but the last bytes of an empty object are the whole of it (reported: arrow-rs-object-store#846,
/// floci#1141).
S3Result<std::optional<ByteRange>> range_of(std::string_view header, std::uint64_t size);

/// x-amz-copy-source-range: `bytes=first-last`, both there and inside the source. InvalidArgument otherwise.
S3Result<ByteRange> copy_range_of(std::string_view header, std::uint64_t size);

}  // namespace partsmith::server
