#pragma once
/// A session token appears in no report, wherever it was: in a query, in bytes sent as they are, in a policy,
/// in the canonical request that an error repeats, as text or in hexadecimal.

#include <string>

#include <partsmith/conformance/result.h>

namespace partsmith::conformance {

/// In what was sent and received, and in how to reproduce it.
void hide_token(CheckResult& result, const std::string& token);

}  // namespace partsmith::conformance
