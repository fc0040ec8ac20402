#pragma once
/// What options take: each check says in one line what is wrong with a value, and what would be right.

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace partsmith::cli {

inline constexpr std::uint64_t any_number = std::numeric_limits<std::uint64_t>::max();

/// One of a few words, as it is written.
CLI::Validator one_of(std::vector<std::string> words);
/// Digits alone: CLI11 would take -1 for the largest number, and 010 for 8.
CLI::Validator whole_number(std::uint64_t least = 0, std::uint64_t most = any_number);
/// Minutes, with a fraction or not.
CLI::Validator minutes_up_to(double most);
/// A port to listen on; 0 is a free one.
CLI::Validator a_port();
CLI::Validator a_region();

/// Makes "8MiB" or "5G" a number of bytes; K is 1024. To be given to transform().
CLI::Validator a_size(std::uint64_t least = 0, std::uint64_t most = any_number);
/// Makes "90s", "30m", "12h", "7d" or "2w" a number of seconds. To be given to transform().
CLI::Validator a_time();

}  // namespace partsmith::cli
