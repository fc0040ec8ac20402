#include "settings.h"

#include <algorithm>
#include <cctype>

namespace partsmith::cli {

std::string environment_name(const std::string& flag) {
  std::string name = "PARTSMITH_" + flag.substr(2, flag.find(',') - 2);
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return name;
}

void keep_environment_to_what_is_asked_for(CLI::App& program) {
  for (CLI::App* command : program.get_subcommands([](CLI::App*) { return true; })) {
    // A command that has this callback reads the environment when it was parsed, and not otherwise.
    command->parse_complete_callback([] {});
    keep_environment_to_what_is_asked_for(*command);
  }
}

}  // namespace partsmith::cli
