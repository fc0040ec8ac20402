#pragma once
/// `partsmith run -- COMMAND…`: a command beside a server of its own.

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace partsmith::cli {

struct RunOptions {
  std::vector<std::string> buckets = {};
  std::filesystem::path seed = {};               ///< a folder or a document; empty: none
  bool world_per_access_key = false;
  std::vector<std::string> faults = {};          ///< presets, files or JSON
  std::filesystem::path journal = {};  ///< where the journal is saved when the command fails; empty: here
  bool always_journal = false;                   ///< also when it succeeds
  std::vector<std::string> serve_arguments = {}; ///< further ones of `partsmith serve`
  std::vector<std::string> command = {};
};

CLI::App* add_run(CLI::App& program, RunOptions& options);

/// The command's exit code, or 128 and its signal's number, as shells have it. The error is one line: the
/// command never ran, or the server didn't start.
std::expected<int, std::string> run(const RunOptions& options);

}  // namespace partsmith::cli
