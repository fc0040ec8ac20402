#pragma once
/// What scripts that a server's owner has it run at its start and its end have come to, as LocalStack's
/// `/_localstack/init` tells it.

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace partsmith::server {

/// In their order.
inline constexpr std::array<std::string_view, 4> init_stages{"BOOT", "START", "READY", "SHUTDOWN"};

struct InitScript {
  std::string_view stage;  ///< of init_stages
  std::string name;        ///< of its file
  std::string_view state;  ///< UNKNOWN until it runs, RUNNING, SUCCESSFUL or ERROR
};

struct InitReport {
  std::array<bool, init_stages.size()> completed{true, true, true, false};
  std::vector<InitScript> scripts = {};
};

}  // namespace partsmith::server
