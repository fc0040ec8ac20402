#pragma once
/// The settings of `partsmith conform`.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "connection_options.h"

namespace CLI {
class App;
}

namespace partsmith::cli {

struct ConformOptions {
  ConnectionOptions connection;
  bool virtual_hosted = false;
  std::string second_access_key;  ///< of another account; empty: there is none
  std::string second_secret_key;
  std::string second_secret_key_file;

  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::string level = "quirk";

  unsigned jobs = 4;
  std::string bucket;  ///< empty: one of the run's own
  std::optional<std::uint64_t> budget;
  std::optional<std::uint64_t> max_requests;
  std::chrono::seconds timeout{60};  ///< without a byte; twice as long in all
  bool costly = false;
  bool list = false;
  bool dry_run = false;
  bool sweep = false;
  std::chrono::seconds older_than{0};  ///< of --sweep
  std::string label;
  std::string profile;  ///< a name or a file; empty: none
  std::filesystem::path record_profile;
  std::filesystem::path add_to_profile;
  std::filesystem::path baseline;  ///< empty: none
  bool update_baseline = false;
  bool ci = false;  ///< fills in what stands below and isn't said
  // Reports; empty: none; "-": instead of the text.
  std::filesystem::path json;
  std::filesystem::path junit;
  std::filesystem::path html;
  std::filesystem::path markdown;
  std::filesystem::path sarif;
  std::filesystem::path badge;    ///< .svg or .json
  std::filesystem::path scripts;  ///< a folder
};

/// `partsmith conform diff`.
struct DiffOptions {
  std::vector<std::filesystem::path> reports;
  bool all = false;
  bool fail_on_regression = false;
  // Empty: none; "-": instead of the text.
  std::filesystem::path html;
  std::filesystem::path markdown;
};

/// Adds the subcommand and its settings to the command line; `options` is filled when it is parsed.
CLI::App* add_conform(CLI::App& program, ConformOptions& options);
/// Adds `diff` below `conform`.
CLI::App* add_conform_diff(CLI::App& conform, DiffOptions& options);

}  // namespace partsmith::cli
