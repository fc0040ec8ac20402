#pragma once
/// `partsmith fsck`: is everything in the data folder that the store has acknowledged, and nothing else?

#include <expected>
#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace partsmith::cli {

struct FsckOptions {
  std::filesystem::path data;  ///< empty: the default folder
  bool deep = false;
  bool repair = false;
  bool json = false;
};

/// Exit codes. What was found and repaired is wrong no more.
inline constexpr int fsck_clean = 0;
inline constexpr int fsck_problems = 1;
inline constexpr int fsck_trouble = 2;

/// Adds the subcommand to the command line; `options` is filled when it is parsed.
CLI::App* add_fsck(CLI::App& program, FsckOptions& options);
/// Writes the report to stdout. The exit code, or the line that says why there could be none.
std::expected<int, std::string> fsck(const FsckOptions& options);

}  // namespace partsmith::cli
