#include "control/durations.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace partsmith::server {
namespace {

constexpr std::int64_t longest = std::int64_t{10'000} * 366 * 86'400'000;  ///< milliseconds

constexpr auto units = std::to_array<std::pair<std::string_view, std::int64_t>>(
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}});

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t sum = 0;
  while (!text.empty()) {
    std::uint64_t number = 0;  // unsigned: a sign stands before the whole alone
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    const auto unit =
        std::ranges::find_if(units, [&](const auto& one) { return text.starts_with(one.first); });
    if (unit == units.end()) return std::nullopt;
    if (number > static_cast<std::uint64_t>((longest - sum) / unit->second)) return std::nullopt;
    sum += static_cast<std::int64_t>(number) * unit->second;
    text.remove_prefix(unit->first.size());
  }
  return std::chrono::milliseconds(negative ? -sum : sum);
}

}  // namespace partsmith::server
