#pragma once
/// The settings of `partsmith conform`.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace partsmith::cli {

struct ConformOptions {
  std::string endpoint;
  std::string access_key;
  std::string secret_key;
  std::string session_token;
  std::string region;
  bool virtual_hosted = false;
  std::string ca_file;
  bool insecure = false;

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

/// What neither flag nor PARTSMITH_ variable gave, from the variables of the AWS tools and the defaults. Keys
/// come from one place: a key of ours never goes with a secret of theirs.
void fill_from_aws_environment(ConformOptions& options);

}  // namespace partsmith::cli
