#pragma once
/// A run's result as text. Further forms read the same RunResult.

#include <string>

#include <partsmith/conformance/result.h>
#include <partsmith/conformance/runner.h>

namespace partsmith::conformance {

/// For a terminal: the failures at length, then the sum. `colour` as the terminal allows.
std::string text_report(const RunResult& result, bool colour);
/// One failing check as a vendor can paste it into a report.
std::string failure_text(const CheckResult& check);
/// For programs; stable names.
std::string json_report(const RunResult& result);
/// `--list` and `--dry-run`.
std::string list_text(const std::vector<Check>& checks);
std::string plan_text(const Plan& plan);
/// One line: how many checks, and what they cost at most.
std::string estimate_text(const Plan& plan);

/// "10.5 MiB".
std::string size_text(std::uint64_t bytes);

}  // namespace partsmith::conformance
