#pragma once
/// The differences of a server as they are now, one by one: what isn't among them fails the next run, be it
/// in a check that fails already.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/conformance/result.h>

namespace partsmith::conformance {

struct Baseline {
  struct Difference {
    std::string check;
    std::string expected;  ///< without what each run makes anew
    std::string actual;
    std::string reason = {};  ///< a person's; it goes when the difference does
  };
  std::vector<Difference> differences = {};
  std::vector<std::string> not_offered = {};  ///< features that silently aren't there
};

/// The error is one line fit for a person.
std::expected<Baseline, std::string> parse_baseline(std::string_view json);

/// A check all of whose differences are known gets a deviation; of the others, the failures that aren't known
/// are told to be new. What is no difference any more is noted, too.
void apply(const Baseline& baseline, RunResult& result);

/// The baseline that this run calls for, as JSON. Of what it didn't judge, and of reasons, `before` is kept.
std::string record_baseline(const RunResult& result, const Baseline& before);

}  // namespace partsmith::conformance
