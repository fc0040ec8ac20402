#pragma once
/// Durations as people write them.

#include <chrono>
#include <optional>
#include <string_view>

namespace partsmith::server {

/// 8d, 90s, 1h30m, -2h, +500ms: whole numbers, each with its unit (ms, s, m, h, d, w), at most ten thousand
/// years together. Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace partsmith::server
