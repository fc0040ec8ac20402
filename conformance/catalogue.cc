#include <fnmatch.h>

#include <algorithm>

#include <partsmith/conformance/catalogue.h>

#include "checks/families.h"

namespace partsmith::conformance {
namespace {

bool matches_any(const std::vector<std::string>& patterns, const std::string& id) {
  return std::ranges::any_of(patterns,
                             [&](const std::string& p) { return ::fnmatch(p.c_str(), id.c_str(), 0) == 0; });
}

}  // namespace

std::vector<Check> catalogue() {
  std::vector<Check> checks;
  for (const auto add : checks::families()) add(checks);
  return checks;
}

bool selects(const Selection& selection, const Check& check) {
  const bool wanted = selection.only.empty() || matches_any(selection.only, check.id);
  return wanted && !matches_any(selection.skip, check.id) && check.level <= selection.level;
}

std::vector<Check> select(std::vector<Check> checks, const Selection& selection) {
  std::erase_if(checks, [&](const Check& check) { return !selects(selection, check); });
  return checks;
}

}  // namespace partsmith::conformance
