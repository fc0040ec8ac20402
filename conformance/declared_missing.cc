#include "declared_missing.h"

#include <fmt/format.h>

#include <algorithm>

#include "feature.h"

namespace partsmith::conformance {
namespace {

/// It works in its simplest use; of a feature without such a check, in every one.
bool is_there(const std::string& name, const RunResult& result) {
  const auto row = std::ranges::find(features(), name, &Feature::name);
  std::size_t passed = 0;
  for (const auto& check : result.checks) {
    if (check.feature != name) continue;
    const bool passes = check.outcome == Outcome::passed;
    if (row != features().end() && check.id == row->basic) return passes;
    if (check.differs() || check.outcome == Outcome::not_offered) return false;
    passed += passes ? 1U : 0U;
  }
  return passed > 0;
}

void declare(const std::string& name, const std::string& who, RunResult& result) {
  const auto told = fmt::format("{} says so", who);
  std::size_t checks = 0;
  for (auto& check : result.checks) {
    const bool about_it = check.feature == name;
    if ((!about_it && !(needs(check.id, name) && check.differs())) || check.deviation) continue;
    if (check.differs()) {
      check.outcome = Outcome::not_offered;
      check.skip_reason = told;
    }
    checks += check.outcome == Outcome::not_offered ? 1U : 0U;
  }
  if (checks == 0) return;
  auto missing = std::ranges::find(result.missing, name, &MissingFeature::name);
  if (missing == result.missing.end())
    missing = result.missing.insert(missing, {.name = name, .evidence = told});
  missing->checks = checks;
  missing->declared = true;
}

}  // namespace

void declare_missing(const std::vector<std::string>& features, const std::string& who, RunResult& result) {
  for (const auto& name : features) {
    if (is_there(name, result)) {
      result.gone.push_back(fmt::format("{}: {} says that it isn't offered", name, who));
    } else {
      declare(name, who, result);
    }
  }
}

}  // namespace partsmith::conformance
