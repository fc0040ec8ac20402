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

inline constexpr auto keys = std::to_array<Texts>(
    {"a", "A", "a/b", "a/c", "a/b/c", "b&<>\"'", "\xc3\xbc", "a b+c", "a b%2Bc", "a?b", "ab/c.txt", "z"});
inline constexpr std::size_t keys_of_a_sequence = 4;
inline constexpr auto prefixes =
    std::to_array<Texts>({"", "a", "A", "a/", "a/b", "a b", "a b%2B", "ab", "b&", "\xc3", "z", "none"});
inline constexpr auto delimiters = std::to_array<Texts>({"b", "&", "c", "/b", " "});
inline constexpr auto part_numbers =
    std::to_array<std::uint64_t>({1, 1, 1, 2, 2, 2, 3, 3, 5, 9'999, 10'000, 0, 10'001});
inline constexpr auto limits_of_pages =
    std::to_array<Texts>({"1", "1", "1", "2", "2", "3", "1000", "1001", "0", "-1", "x", ""});
inline constexpr auto ranges = std::to_array<Texts>(
    {"bytes=0-0", "bytes=0-", "bytes=-1", "bytes=-0", "bytes=1-2", "bytes=5-3", "bytes=99999999-",
     "bytes=0-99999999", "bytes=0-0,2-3", "bytes=x", "bytes=-99999999", "bytes=4-4", "items=0-1"});
inline constexpr auto small_sizes =
    std::to_array<std::uint64_t>({0, 1, 5, 100, 8'192, 8'193, 70'000, 200'000});
/// What headers are given, each with values that a server may take for something else.
struct Given {
  std::string_view name;
  std::array<std::string_view, 3> values;
};
inline constexpr auto given_headers = std::to_array<Given>(
    {{"x-amz-meta-of", {"a b", "x", "a; b=c, d"}},
     {"x-amz-meta-a_b.c", {"1", "50%25", "\"q\""}},
     {"content-type", {"text/x-test", "Text/X-Test; a=b", "word"}},
     {"cache-control", {"max-age=60", "public, max-age=60", "no-store"}},
     {"content-disposition", {"attachment; filename=\"f\"", "inline", "attachment; filename=\"a; b\""}},
     {"content-language", {"de", "de, en", "en-GB"}},
     {"expires", {"Fri, 01 Jan 2100 00:00:00 GMT", "0", "never"}},
     {"x-amz-storage-class", {"STANDARD_IA", "STANDARD", "STANDARD_IA"}},
     {"x-amz-website-redirect-location", {"/other", "/a%20b", "https://example.test/"}},
     {"x-amz-tagging", {"k=v&other=1", "k=", "K=V&k=v%2B1"}}});
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
