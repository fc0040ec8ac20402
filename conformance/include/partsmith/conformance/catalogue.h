#pragma once
/// Every check there is, in a fixed order; and choosing among them.

#include <string>
#include <vector>

#include <partsmith/conformance/check.h>

namespace partsmith::conformance {

std::vector<Check> catalogue();

struct Selection {
  std::vector<std::string> only = {};  ///< patterns of ids with * and ?; none: all
  std::vector<std::string> skip = {};
  Level level = Level::quirk;  ///< must: only those; should: must and should; text: all
};

bool selects(const Selection& selection, const Check& check);
std::vector<Check> select(std::vector<Check> checks, const Selection& selection);

}  // namespace partsmith::conformance
