#pragma once
/// The settings of `partsmith conform`.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <partsmith/client/connection_settings.h>

namespace CLI {
class App;
}

namespace partsmith::cli {

struct ConformOptions {
  client::ConnectionSettings connection;
  bool virtual_hosted = false;

  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::string level = "quirk";

  unsigned jobs = 4;
  std::string bucket;  ///< empty: one of the run's own
  std::optional<std::uint64_t> budget;
  std::optional<std::uint64_t> max_requests;
  bool list = false;
  bool dry_run = false;
  std::filesystem::path json;  ///< empty: none; "-": instead of the text
};

/// Adds the subcommand and its settings to the command line; `options` is filled when it is parsed.
CLI::App* add_conform(CLI::App& program, ConformOptions& options);

}  // namespace partsmith::cli
