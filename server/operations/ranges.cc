#include "operations/ranges.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "operations/answers.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::S3Error;

struct RangeText {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;
};

/// Digits only; a number too large to hold counts as the largest.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  if (parsed.ec == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  return value;
}

/// `bytes=a-b`, `bytes=a-` or `bytes=-n`; nothing for anything else.
std::optional<RangeText> parse(std::string_view header) {
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit)) return std::nullopt;
  header.remove_prefix(unit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view before = header.substr(0, dash);
  const std::string_view after = header.substr(dash + 1);

  RangeText text{number(before), number(after)};
  const bool well_formed =
      (text.first || before.empty()) && (text.last || after.empty()) && (text.first || text.last);
  if (!well_formed || (text.first && text.last && *text.last < *text.first)) return std::nullopt;
  return text;
}

}  // namespace

std::string ByteRange::content_range(std::uint64_t size) const {
  return "bytes " + std::to_string(first) + '-' + std::to_string(first + length - 1) + '/' +
         std::to_string(size);
}

S3Result<std::optional<ByteRange>> range_of(std::string_view header, std::uint64_t size) {
  const auto text = parse(header);
  if (!text) return std::nullopt;
  ByteRange range;
  if (text->first) {
    range.first = *text->first;
    const std::uint64_t last = text->last && *text->last < size ? *text->last + 1 : size;
    if (range.first < size) range.length = last - range.first;
  } else {
    if (size == 0 && *text->last != 0) return std::nullopt;
    range.length = std::min(*text->last, size);
    range.first = size - range.length;
  }
  if (range.length == 0) {
    return std::unexpected(S3Error(ErrorCode::InvalidRange)
                               .with("RangeRequested", std::string(header))
                               .with("ActualObjectSize", std::to_string(size)));
  }
  return range;
}

S3Result<ByteRange> copy_range_of(std::string_view header, std::uint64_t size) {
  const auto text = parse(header);
  if (!text || !text->first || !text->last) {
    return invalid_argument(
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
        "zero-based offsets of the first and last bytes to copy",
        "x-amz-copy-source-range", std::string(header));
  }
  if (*text->last >= size) {
    return invalid_argument("Range specified is not valid for source object of size: " + std::to_string(size),
                            "x-amz-copy-source-range", std::string(header));
  }
  return ByteRange{*text->first, *text->last - *text->first + 1};
}

}  // namespace partsmith::server
