#pragma once
/// What requests are made of: boundaries rather than middles.

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <partsmith/values/checksum.h>
#include <partsmith/values/limits.h>

namespace partsmith::explore {

using Texts = std::string_view;

inline constexpr auto keys =
    std::to_array<Texts>({"a", "A", "a/b", "a/c", "a/b/c", "b&<>\"'", "\xc3\xbc", "a b+c", "z"});
inline constexpr auto prefixes = std::to_array<Texts>({"", "a", "A", "a/", "a/b", "b&", "\xc3", "z", "none"});
inline constexpr auto part_numbers =
    std::to_array<std::uint64_t>({1, 1, 1, 2, 2, 2, 3, 3, 5, 9'999, 10'000, 0, 10'001});
inline constexpr auto limits_of_pages =
    std::to_array<Texts>({"1", "2", "3", "1000", "1001", "0", "-1", "x", ""});
inline constexpr auto ranges = std::to_array<Texts>(
    {"bytes=0-0", "bytes=0-", "bytes=-1", "bytes=-0", "bytes=1-2", "bytes=5-3", "bytes=99999999-",
     "bytes=0-99999999", "bytes=0-0,2-3", "bytes=x", "bytes=-99999999"});
inline constexpr auto small_sizes =
    std::to_array<std::uint64_t>({0, 1, 5, 100, 8'192, 8'193, 70'000, 200'000});
inline constexpr std::uint64_t large = limits::min_part_size;
inline constexpr std::uint64_t most_large_bodies = 8;
inline constexpr std::string_view missing_etag = "\"0123456789abcdef0123456789abcdef\"";

/// x-amz-checksum-… of these bytes.
inline std::pair<std::string, std::string> checksum_header(ChecksumAlgorithm algorithm,
                                                           std::string_view bytes) {
  Checksummer summer(algorithm);
  summer.update(as_bytes(bytes));
  return {std::string(traits(algorithm).header), summer.finish().base64()};
}

inline std::string placeholder(std::string_view kind, std::uint64_t step) {
  return fmt::format("{{{}:{}}}", kind, step);
}

}  // namespace partsmith::explore
