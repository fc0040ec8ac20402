#pragma once
/// `partsmith explore`: random sequences to an endpoint and to a server of our own beside it.

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

#include "connection_options.h"

namespace CLI {
class App;
}

namespace partsmith::cli {

inline constexpr int explore_found = 1;    ///< the answers differ somewhere
inline constexpr int explore_trouble = 2;  ///< a bad argument, or a server that doesn't answer

struct ExploreOptions {
  ConnectionOptions connection = {};
  std::uint64_t seed = 1;
  std::size_t sequences = 1'000'000;
  std::size_t steps = 40;
  double minutes = 10;
  std::uint64_t max_requests = 1'000'000;
  std::chrono::seconds timeout{60};  ///< without a byte; twice as long in all
  std::filesystem::path known = {};  ///< differences to leave out; empty: none
  bool update_known = false;
  std::filesystem::path scripts = {};  ///< a folder for the reproductions; empty: none
  std::filesystem::path json = {};     ///< empty: none
};

CLI::App* add_explore(CLI::App& program, ExploreOptions& options);

/// The exit code. The error is one line fit for a person.
std::expected<int, std::string> explore(const ExploreOptions& options);

}  // namespace partsmith::cli
