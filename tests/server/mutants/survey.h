#pragma once
/// What the right server answers to each check, and hence which rules could spoil which checks.

#include <map>
#include <set>
#include <string>
#include <vector>

#include <partsmith/conformance/check.h>
#include <partsmith/conformance/result.h>

#include "mutation.h"

namespace partsmith::test {

/// The names of rules, each with the checks that see what it changes. One run of the checks, one at a time.
std::map<std::string, std::set<std::string>> survey(const std::vector<conformance::Check>& checks);

/// The checks that fail under the mutation by an expectation of their own, not only by a step that they take
/// for granted.
struct Verdict {
  std::vector<std::string> killed_by_own;
  std::size_t failed = 0;  ///< in any way
};
Verdict verdict(const Mutation& mutation, const std::vector<conformance::Check>& checks);

/// What the checks that fail under the mutation came to.
std::vector<conformance::CheckResult> failures(const Mutation& mutation,
                                               const std::vector<conformance::Check>& checks);

}  // namespace partsmith::test
