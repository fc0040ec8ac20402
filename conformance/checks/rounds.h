#pragma once
/// Checks of what happens at the same time.

#include "checks/making.h"

namespace partsmith::conformance::checks {

/// Asked again under other keys, until an answer is wrong: luck hides much.
inline Check in_rounds(Check check, unsigned rounds = 16) {
  check.cost = {check.cost.requests * rounds, check.cost.bytes * rounds};
  check.by_chance = true;
  check.body = [body = std::move(check.body), rounds](CheckContext& c) {
    for (unsigned round = 1; round <= rounds && c.failures().empty(); ++round) {
      c.begin_round(round);
      body(c);
    }
  };
  return check;
}

}  // namespace partsmith::conformance::checks
