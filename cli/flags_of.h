#pragma once
/// An option's flags, as they are typed: the short ones first.

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace partsmith::cli {

inline std::vector<std::string> flags_of(const CLI::Option& option) {
  std::vector<std::string> flags;
  for (const std::string& name : option.get_snames()) flags.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) flags.push_back("--" + name);
  return flags;
}

}  // namespace partsmith::cli
