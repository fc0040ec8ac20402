#pragma once
/// Features of which it is known that a server hasn't got them.

#include <string>
#include <vector>

#include <partsmith/conformance/result.h>

namespace partsmith::conformance {

/// Checks of these that differ become "not offered", and each feature one cause that `who` tells of. A
/// feature that is there after all is noted among what is gone.
void declare_missing(const std::vector<std::string>& features, const std::string& who, RunResult& result);

}  // namespace partsmith::conformance
