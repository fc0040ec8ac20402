#pragma once
/// A run's result as text. Further forms read the same RunResult.

#include <span>
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
/// For CI: a suite per family, a case per check. A failure that the profile expects counts as skipped.
std::string junit_report(const RunResult& result);
/// For an issue, a wiki, or the summary of a job on GitHub, which may have 1 MiB: what goes beyond is
/// counted.
std::string markdown_report(const RunResult& result);
/// SARIF 2.1.0, for code scanning.
std::string sarif_report(const RunResult& result);
/// A picture for a README: how many checks pass.
std::string badge_svg(const RunResult& result);
/// The same for https://shields.io/badges/endpoint-badge.
std::string badge_json(const RunResult& result);
/// One page for people, of one or several JSON reports: nothing is loaded from elsewhere.
std::string html_report(std::span<const std::string> json_reports);
/// `--list` and `--dry-run`.
std::string list_text(const std::vector<Check>& checks);
std::string plan_text(const Plan& plan);
/// One line: how many checks, and what they cost at most.
std::string estimate_text(const Plan& plan);

/// "10.5 MiB".
std::string size_text(std::uint64_t bytes);
/// That the endpoint fell over, and how often.
std::string falls_text(const RunResult& result);

}  // namespace partsmith::conformance
