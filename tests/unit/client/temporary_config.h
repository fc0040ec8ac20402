#pragma once
/// Files of the AWS tools in a folder of the test, and an environment that names nothing else.

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

#include <partsmith/client/connection_settings.h>

namespace partsmith::test {

class TemporaryConfig {
 public:
  TemporaryConfig(const std::string& config, const std::string& credentials) {
    std::string name = (std::filesystem::temp_directory_path() / "partsmith-aws-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    home = name;
    std::filesystem::create_directory(home / ".aws");
    std::ofstream(home / ".aws/config") << config;
    std::ofstream(home / ".aws/credentials") << credentials;
  }
  ~TemporaryConfig() { std::filesystem::remove_all(home); }
  TemporaryConfig(const TemporaryConfig&) = delete;
  TemporaryConfig& operator=(const TemporaryConfig&) = delete;

  client::Environment environment(std::map<std::string, std::string> variables = {}) const {
    variables.emplace("HOME", home.string());
    return [variables](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
  }

  std::filesystem::path home;
};

}  // namespace partsmith::test
