#pragma once
/// Settings that can come from a flag or from the environment, one row each: the flag names the variable.

#include <CLI/CLI.hpp>

#include <string>

namespace partsmith::cli {

/// `--access-key` → `PARTSMITH_ACCESS_KEY`; of several names the first.
std::string environment_name(const std::string& flag);

/// To be called when all commands are there, and before they are parsed: the environment is read for the
/// commands that were asked for alone. CLI11 reads it for all of them, after the flags: a variable would win
/// over the flag of another command that fills the same value, and one that is wrong would stop commands that
/// have no such setting.
void keep_environment_to_what_is_asked_for(CLI::App& program);

class Settings {
 public:
  explicit Settings(CLI::App& command) : command_(command) {}

  /// `flag` may be followed by further names of it, as in "--endpoint,--endpoint-url".
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
