#pragma once
/// Settings that can come from a flag or from the environment, one row each: the flag names the variable.

#include <CLI/CLI.hpp>

#include <string>

namespace partsmith::cli {

/// `--access-key` → `PARTSMITH_ACCESS_KEY`.
std::string environment_name(const std::string& flag);

class Settings {
 public:
  explicit Settings(CLI::App& command) : command_(command) {}

  template <typename Value>
  CLI::Option* value(const std::string& flag, Value& into, const std::string& what, const std::string& help) {
    return command_.add_option(flag, into, help)
        ->envname(environment_name(flag))
        ->type_name(what)
        ->capture_default_str();
  }
  CLI::Option* toggle(const std::string& flag, bool& into, const std::string& help) {
    return command_.add_flag(flag, into, help)->envname(environment_name(flag));
  }

 private:
  CLI::App& command_;
};

}  // namespace partsmith::cli
