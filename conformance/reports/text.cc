#include <fmt/format.h>

#include <algorithm>

#include <partsmith/conformance/reports.h>

namespace partsmith::conformance {
namespace {

constexpr std::string_view red = "31";
constexpr std::string_view green = "32";
constexpr std::string_view yellow = "33";

std::string painted(std::string_view text, std::string_view code, bool colour) {
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

/// Each line of a text behind a margin.
std::string indented(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    result += line.empty() ? "\n" : fmt::format("      {}\n", line);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return result;
}

bool same_exchange(const Failure& a, const Failure& b) {
  return a.sent == b.sent && a.received == b.received;
}

std::string exchange_text(const Failure& failure) {
  if (failure.sent.empty()) return {};
  return fmt::format("    sent:\n{}    came back:\n{}", indented(failure.sent), indented(failure.received));
}

std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

std::string totals(const RunResult& result, bool colour) {
  const auto failed = result.beyond_profile();
  const auto expected = result.count(Outcome::failed) - failed;
  const auto skipped = result.count(Outcome::skipped);
  const auto errors = result.count(Outcome::error);
  auto text = painted(fmt::format("{} passed", result.count(Outcome::passed)), green, colour);
  text += ", " + painted(fmt::format("{} failed", failed), failed > 0 ? red : green, colour);
  const auto in_text = std::ranges::count_if(result.checks, [](const CheckResult& check) {
    return check.fails_beyond_profile() && check.fails_in_error_text_alone();
  });
  if (in_text > 0) text += fmt::format(" ({} only in the message or fields of an error)", in_text);
  if (expected > 0) text += ", " + painted(fmt::format("{} as the profile says", expected), yellow, colour);
  if (errors > 0) text += ", " + painted(fmt::format("{} in error", errors), red, colour);
  if (skipped > 0) text += ", " + painted(fmt::format("{} skipped", skipped), yellow, colour);
  const auto spent = result.spent();
  return text + fmt::format(" of {} in {}: {} requests, {}\n", result.checks.size(), seconds(result.time),
                            spent.requests, size_text(spent.bytes));
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  const auto value = static_cast<double>(bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", value / 1024);
  if (bytes < 1024 * 1024 * 1024) return fmt::format("{:.1f} MiB", value / (1024 * 1024));
  return fmt::format("{:.1f} GiB", value / (1024 * 1024 * 1024));
}

std::string failure_text(const CheckResult& check) {
  auto text = fmt::format("{} ({}): {}\n", check.id, to_string(check.level), check.title);
  for (std::size_t i = 0; i < check.failures.size(); ++i) {
    const auto& failure = check.failures[i];
    if (i == 0 || !same_exchange(check.failures[i - 1], failure)) text += exchange_text(failure);
    text += fmt::format("    S3 answers: {}\n           not: {}\n", failure.expected, failure.actual);
  }
  if (check.fails_in_error_text_alone())
    text += "    What it did is right; only the message or fields of its error aren't.\n";
  text += fmt::format("    source: {}\n", check.source);
  if (!check.reproduce.empty()) text += fmt::format("    to reproduce:\n{}", indented(check.reproduce));
  return text;
}

std::string text_report(const RunResult& result, bool colour) {
  std::string text;
  for (const auto& check : result.checks) {
    if (check.fails_beyond_profile()) text += painted("FAILED ", red, colour) + failure_text(check) + '\n';
  }
  for (const auto& check : result.checks) {
    if (check.outcome == Outcome::error) {
      text += fmt::format("{} {}: a defect of the check, not of the endpoint: {}\n",
                          painted("ERROR", red, colour), check.id, check.defect);
    }
  }
  for (const auto& check : result.checks) {
    if (check.outcome == Outcome::skipped) {
      text += fmt::format("{} {}: {}\n", painted("skipped", yellow, colour), check.id, check.skip_reason);
    }
  }
  for (const auto& check : result.checks) {
    if (check.outcome != Outcome::failed || !check.deviation) continue;
    text +=
        fmt::format("{} {}: {}\n", painted("expected", yellow, colour), check.id, check.deviation->reason);
  }
  for (const auto& gone : result.gone) {
    text += fmt::format("{} {}\n", painted("no longer deviates, though the profile says so:", yellow, colour),
                        gone);
  }
  for (const auto& leftover : result.leftovers) {
    text += fmt::format("{} {}\n", painted("left over:", yellow, colour), leftover);
  }
  if (!result.lost.empty()) text += painted(result.lost, red, colour) + '\n';
  return text + totals(result, colour);
}

std::string list_text(const std::vector<Check>& checks) {
  std::string text;
  for (const auto& check : checks) {
    text += fmt::format("{:<52} {:<6} {}\n", check.id, to_string(check.level), check.title);
  }
  return text + fmt::format("{} checks\n", checks.size());
}

std::string estimate_text(const Plan& plan) {
  std::size_t running = 0;
  for (const auto& step : plan.steps) running += step.skip_reason.empty() ? 1U : 0U;
  return fmt::format("{} checks: at most {} requests and {}, and as many requests again to clean up", running,
                     plan.estimate.requests, size_text(plan.estimate.bytes));
}

std::string plan_text(const Plan& plan) {
  std::string text;
  for (const auto& [check, reason] : plan.steps) {
    if (reason.empty()) {
      text += fmt::format("{:<52} {:>3} requests, {}\n", check.id, check.cost.requests,
                          size_text(check.most().bytes));
    } else {
      text += fmt::format("{:<52} skipped: {}\n", check.id, reason);
    }
  }
  return text + estimate_text(plan) + '\n';
}

}  // namespace partsmith::conformance
