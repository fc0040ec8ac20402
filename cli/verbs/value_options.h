#pragma once
/// Options with units.

#include <CLI/CLI.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace partsmith::cli {

/// The option's own text says what it takes.
inline CLI::Validator without_description(CLI::Validator validator) {
  validator.description("");
  return validator;
}

/// Seconds, from "90s", "30m", "12h", "7d", "2w", or a number of seconds.
template <class Value>
CLI::Option* add_duration(CLI::App& command, const std::string& name, Value& into, const std::string& help) {
  return command.add_option(name, into, help)
      ->type_name("TIME")
      ->transform(without_description(CLI::AsNumberWithUnit(
          std::map<std::string, std::int64_t>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}},
          CLI::AsNumberWithUnit::CASE_INSENSITIVE)));
}

/// Bytes, from "8MiB", "5G", or a number of bytes; K is 1024.
template <class Value>
CLI::Option* add_size(CLI::App& command, const std::string& name, Value& into, const std::string& help) {
  return command.add_option(name, into, help)
      ->type_name("SIZE")
      ->transform(without_description(CLI::AsSizeValue(false)));
}

}  // namespace partsmith::cli
