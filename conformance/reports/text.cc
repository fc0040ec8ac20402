#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

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

std::size_t count_beyond_profile(const RunResult& result, auto holds) {
  return static_cast<std::size_t>(std::ranges::count_if(
      result.checks, [&](const CheckResult& check) { return check.fails_beyond_profile() && holds(check); }));
}

std::string totals(const RunResult& result, bool colour) {
  const auto unsteady =
      count_beyond_profile(result, [](const auto& check) { return check.outcome == Outcome::unsteady; });
  const auto failed = result.beyond_profile() - unsteady;
  const auto expected =
      result.count(Outcome::failed) + result.count(Outcome::unsteady) - result.beyond_profile();
  auto text = painted(fmt::format("{} passed", result.count(Outcome::passed)), green, colour);
  text += ", " + painted(fmt::format("{} failed", failed), failed > 0 ? red : green, colour);
  const auto in_text = result.in_text_alone();
  const auto in_error_text = count_beyond_profile(
      result, [](const auto& c) { return c.fails_in_error_text_alone() && !c.fails_in_text_alone(); });
  if (in_text > 0) text += fmt::format(" ({} in wording alone)", in_text);
  if (in_error_text > 0)
    text += fmt::format(" ({} only in the message or fields of an error)", in_error_text);
  const auto add = [&](std::size_t count, std::string_view what, std::string_view code) {
    if (count > 0) text += ", " + painted(fmt::format("{} {}", count, what), code, colour);
  };
  add(unsteady, "unsteady", red);
  add(expected, "as the profile says", yellow);
  add(result.count(Outcome::error), "in error", red);
  add(result.count(Outcome::busy), "not judged: too busy", yellow);
  add(result.count(Outcome::no_right), "not judged: no right", yellow);
  add(result.count(Outcome::not_offered), "not offered", yellow);
  add(result.count(Outcome::skipped), "skipped", yellow);
  const auto spent = result.spent();
  return text + fmt::format(" of {} in {}: {} requests, {}\n", result.checks.size(), seconds(result.time),
                            spent.requests, size_text(spent.bytes));
}

/// Checks of one outcome and one reason together: what has one cause is told once.
std::string reasons(const RunResult& result, Outcome outcome, std::string_view word, bool colour) {
  constexpr std::size_t told_each = 3;
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const auto& check : result.checks) {
    if (check.outcome != outcome) continue;
    auto group = std::ranges::find(groups, check.skip_reason, [](const auto& g) { return g.first; });
    if (group == groups.end()) group = groups.insert(groups.end(), {check.skip_reason, {}});
    group->second.push_back(check.id);
  }
  std::string text;
  for (const auto& [reason, ids] : groups) {
    const auto painted_word = painted(word, yellow, colour);
    if (ids.size() > told_each) {
      text += fmt::format("{} {} checks, {} to {}: {}\n", painted_word, ids.size(), ids.front(), ids.back(),
                          reason);
      continue;
    }
    for (const auto& id : ids) text += fmt::format("{} {}: {}\n", painted_word, id, reason);
  }
  return text;
}

std::string missing_text(const RunResult& result, bool colour) {
  std::string text;
  for (const auto& feature : result.missing) {
    text += fmt::format("{} {} ({} checks): {}\n", painted("not offered:", yellow, colour), feature.name,
                        feature.checks, feature.evidence);
  }
  return text;
}

std::string scores_text(const RunResult& result) {
  std::string text;
  std::string last;
  for (const auto& score : result.scores()) {
    if (score.feature != last) text += fmt::format("{}{:<24}", last.empty() ? "" : "\n", score.feature);
    last = score.feature;
    text += fmt::format("  {} {} of {}", to_string(score.level), score.passed, score.judged);
  }
  return text.empty() ? text : text + '\n';
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  const auto value = static_cast<double>(bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", value / 1024);
  if (bytes < 1024 * 1024 * 1024) return fmt::format("{:.1f} MiB", value / (1024 * 1024));
  return fmt::format("{:.1f} GiB", value / (1024 * 1024 * 1024));
}

std::string falls_text(const RunResult& result) {
  return fmt::format("the endpoint went away {} in the midst of the run",
                     result.falls == 1 ? "once" : fmt::format("{} times", result.falls));
}

std::string failure_text(const CheckResult& check) {
  auto text = fmt::format("{} ({}): {}\n", check.id, to_string(check.failed_level()), check.title);
  const auto fresh = std::ranges::count_if(check.failures, &Failure::is_new);
  const bool partly_new = fresh > 0 && fresh < std::ssize(check.failures);
  for (std::size_t i = 0; i < check.failures.size(); ++i) {
    const auto& failure = check.failures[i];
    if (i == 0 || !same_exchange(check.failures[i - 1], failure)) text += exchange_text(failure);
    text += fmt::format("    S3 answers: {}\n           not: {}{}\n", failure.expected, failure.actual,
                        !partly_new      ? ""
                        : failure.is_new ? "  (new)"
                                         : "  (in the baseline)");
    if (!failure.received_again.empty())
      text += fmt::format("    asked again, alone, it was right:\n{}", indented(failure.received_again));
  }
  if (check.outcome == Outcome::unsteady)
    text +=
        "    The server answered the same in two ways: it is unsteady, or doesn't bear requests at a time.\n";
  for (const auto& again : check.sent_again) text += fmt::format("    sent once more: {}\n", again);
  if (check.fails_in_text_alone()) {
    text += "    Only wording or decoration differs.\n";
  } else if (check.fails_in_error_text_alone())
    text += "    What it did is right; only the message or fields of its error aren't.\n";
  const auto known = check.known_from();
  text += fmt::format("    source ({}): {}\n", to_string(known.grade), check.source);
  for (const auto& link : known.links) text += fmt::format("      {}\n", link.url);
  if (!check.reproduce.empty()) {
    const auto* python = check.script.empty() ? "" : " (--scripts writes it in Python, too)";
    text += fmt::format("    to reproduce{}:\n{}", python, indented(check.reproduce));
  } else if (!check.script.empty()) {
    text += "    to reproduce: the Python script that --scripts writes\n";
  }
  return text;
}

std::string text_report(const RunResult& result, bool colour) {
  std::string text;
  for (const auto& check : result.checks) {
    if (!check.fails_beyond_profile()) continue;
    const auto* word = check.outcome == Outcome::unsteady ? "UNSTEADY " : "FAILED ";
    text += painted(word, red, colour) + failure_text(check) + '\n';
  }
  for (const auto& check : result.checks) {
    if (check.outcome == Outcome::error) {
      text += fmt::format("{} {}: a defect of the check, not of the endpoint: {}\n",
                          painted("ERROR", red, colour), check.id, check.defect);
    }
  }
  text += reasons(result, Outcome::skipped, "skipped", colour);
  text += reasons(result, Outcome::busy, "too busy:", colour);
  text += reasons(result, Outcome::no_right, "no right:", colour);
  text += missing_text(result, colour);
  for (const auto& check : result.checks) {
    if (!check.differs() || !check.deviation) continue;
    text +=
        fmt::format("{} {}: {}\n", painted("expected", yellow, colour), check.id, check.deviation->reason);
  }
  for (const auto& gone : result.gone) {
    text += fmt::format("{} {}\n", painted("no longer deviates:", yellow, colour), gone);
  }
  for (const auto& leftover : result.leftovers) {
    text += fmt::format("{} {}\n", painted("left over:", yellow, colour), leftover);
  }
  if (result.falls > 0) text += painted(falls_text(result), red, colour) + '\n';
  if (!result.lost.empty()) text += painted(result.lost, red, colour) + '\n';
  return text + scores_text(result) + totals(result, colour);
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
