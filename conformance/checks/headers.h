#pragma once
/// The family of headers where they don't belong.

#include <vector>

#include <partsmith/conformance/check.h>

namespace partsmith::conformance::checks {

void add_headers(std::vector<Check>& checks);

}  // namespace partsmith::conformance::checks
