#pragma once
/// Faults of one word: rules that reproduce what public bug reports tell of.

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "faults/rule.h"

namespace partsmith::server {

struct FaultPreset {
  std::string_view name;
  std::string_view rules;  ///< JSON: a list
  std::string_view shows;  ///< what an application's test sees by it
  std::string_view bugs;   ///< public reports of what it reproduces, with what went wrong; may be empty
};

std::span<const FaultPreset> fault_presets();
/// Nothing when no preset has that name.
const FaultPreset* fault_preset(std::string_view name);
/// The preset's rules; else a line that names the nearest one.
std::expected<std::string_view, std::string> preset_rules(std::string_view name);

}  // namespace partsmith::server
