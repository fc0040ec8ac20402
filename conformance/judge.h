#pragma once
/// What a failure means, once all checks have run.

#include <partsmith/conformance/result.h>

#include "evidence.h"

namespace partsmith::conformance {

/// Whom a failing check blames: tells apart what the key may not be allowed, and features that aren't there.
void judge(RunResult& result, const Evidence& evidence);

}  // namespace partsmith::conformance
