#pragma once
/// What is told of an answer, without what each run and each answer makes anew.

#include <string>
#include <string_view>

#include <partsmith/conformance/result.h>

namespace partsmith::conformance {

/// Buckets, keys, ids, dates and the address of the endpoint get names in braces.
std::string steady_text(std::string_view text, const RunResult& run);
/// The failure's `actual`; where it wasn't the same before, "{varies}".
std::string steady_actual(const Failure& failure, const RunResult& run);

}  // namespace partsmith::conformance
