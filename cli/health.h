#pragma once
/// `partsmith health`: whether a server answers, by exit code, where there is no curl.

#include <expected>
#include <string>

namespace CLI {
class App;
}

namespace partsmith::cli {

struct HealthOptions {
  std::string url;      ///< empty: where `partsmith serve` listens with the same environment
  std::string ca_file;  ///< empty: the system's
  bool insecure = false;
  int timeout = 5;  ///< seconds
  bool quiet = false;
};

CLI::App* add_health(CLI::App& program, HealthOptions& options);

/// Prints the server's answer; the error is one line that says why there is none that is well.
std::expected<void, std::string> health(const HealthOptions& options);

}  // namespace partsmith::cli
