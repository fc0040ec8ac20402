#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <partsmith/conformance/reports.h>
#include <partsmith/protocol/dates.h>

#include "reports/markdown_text.h"

namespace partsmith::conformance {
namespace {

/// GitHub takes 1 MiB for the summary of a job. What is worth more stands first.
constexpr std::size_t longest_failures = 800'000;
constexpr std::size_t longest_list = 20'000;

std::string failure_section(const CheckResult& check) {
  const auto* unsteady = check.outcome == Outcome::unsteady ? ", unsteady" : "";
  return fmt::format("<details><summary><code>{}</code> ({}{}): {}</summary>\n\n{}\n</details>\n\n", check.id,
                     to_string(check.failed_level()), unsteady, markdown_cell(check.title),
                     markdown_code(failure_text(check)));
}

std::string failure_sections(const RunResult& result) {
  std::string text;
  std::size_t left_out = 0;
  for (const auto& check : result.checks) {
    if (!check.fails_beyond_profile()) continue;
    const auto section = failure_section(check);
    if (left_out > 0 || text.size() + section.size() > longest_failures) {
      ++left_out;
    } else {
      text += section;
    }
  }
  if (text.empty() && left_out == 0) return {};
  if (left_out > 0) text += fmt::format("… and {} more: the HTML page has them all.\n\n", left_out);
  return "## Differs from S3\n\n" + text;
}

/// A row for each feature, a column for each level.
std::string scores_table(const RunResult& result) {
  constexpr Level levels[] = {Level::must, Level::should, Level::quirk, Level::text};
  std::map<std::string, std::map<Level, Score>> rows;
  for (const auto& score : result.scores()) rows[score.feature][score.level] = score;
  if (rows.empty()) return {};
  std::string text = "## By feature and level\n\n| feature |";
  for (const auto level : levels) text += fmt::format(" {} |", to_string(level));
  text += "\n|---|--:|--:|--:|--:|\n";
  for (const auto& [feature, scores] : rows) {
    text += fmt::format("| {} |", feature);
    for (const auto level : levels) {
      const auto found = scores.find(level);
      text += found == scores.end() ? " |"
                                    : fmt::format(" {} of {} |", found->second.passed, found->second.judged);
    }
    text += '\n';
  }
  return text + '\n';
}

std::string list(std::string_view heading, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  auto text = fmt::format("## {}\n\n", heading);
  std::size_t told = 0;
  for (const auto& line : lines) {
    if (text.size() + line.size() > longest_list) break;
    text += fmt::format("- {}\n", line);
    ++told;
  }
  if (told < lines.size()) text += fmt::format("- … and {} more\n", lines.size() - told);
  return text + '\n';
}

template <typename Holds>
std::vector<std::string> lines_of(const RunResult& result, Holds holds, auto reason) {
  std::vector<std::string> lines;
  for (const auto& check : result.checks) {
    if (holds(check)) lines.push_back(fmt::format("`{}`: {}", check.id, markdown_cell(reason(check))));
  }
  return lines;
}

}  // namespace

std::string markdown_cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      result += ' ';
    } else if (c == '<') {
      result += "&lt;";
    } else {
      if (std::string_view("|*_`[]\\#").find(c) != std::string_view::npos) result += '\\';
      result += c;
    }
  }
  return result;
}

std::string markdown_code(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  return fmt::format("{}\n{}{}{}\n", fence, text, text.ends_with('\n') ? "" : "\n", fence);
}

std::string markdown_report(const RunResult& result) {
  const auto beyond = result.beyond_profile();
  const auto expected = result.count(Outcome::failed) + result.count(Outcome::unsteady) - beyond;
  const auto spent = result.spent();
  auto text = fmt::format("# S3 conformance of {}\n\n",
                          markdown_cell(result.label.empty() ? result.endpoint : result.label));
  text +=
      "| passed | differ | in wording alone | as the profile says | in error | too busy | no right | not "
      "offered | "
      "skipped |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
  text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n\n", result.count(Outcome::passed),
                      beyond, result.in_text_alone(), expected, result.count(Outcome::error),
                      result.count(Outcome::busy), result.count(Outcome::no_right),
                      result.count(Outcome::not_offered), result.count(Outcome::skipped));
  text += fmt::format("{}, {}, {} requests, {}{}{}.\n\n", markdown_cell(result.endpoint),
                      protocol::iso8601(result.started), spent.requests, size_text(spent.bytes),
                      result.profile_title.empty() ? "" : ", profile: " + markdown_cell(result.profile_title),
                      result.stopped ? ", stopped early" : "");
  if (result.falls > 0) text += fmt::format("Note: {}.\n\n", falls_text(result));
  if (!result.lost.empty()) text += fmt::format("The run ended early: {}.\n\n", markdown_cell(result.lost));
  text += failure_sections(result);
  text += list("Differs as the profile or the baseline says",
               lines_of(
                   result, [](const auto& c) { return c.differs() && c.deviation; },
                   [](const auto& c) { return c.deviation->reason; }));
  std::vector<std::string> gone;
  for (const auto& line : result.gone) gone.push_back(markdown_cell(line));
  text += list("No longer deviates, though the profile or the baseline says so", gone);
  text += list("Defects of checks", lines_of(
                                        result, [](const auto& c) { return c.outcome == Outcome::error; },
                                        [](const auto& c) { return c.defect; }));
  const auto list_outcome = [&](std::string_view heading, Outcome outcome) {
    text += list(heading, lines_of(
                              result, [outcome](const auto& c) { return c.outcome == outcome; },
                              [](const auto& c) { return c.skip_reason; }));
  };
  list_outcome("Not judged: the server was too busy", Outcome::busy);
  list_outcome("Not judged: the key may not be allowed it", Outcome::no_right);
  std::vector<std::string> missing;
  for (const auto& feature : result.missing) {
    missing.push_back(
        fmt::format("{} ({} checks): {}", feature.name, feature.checks, markdown_cell(feature.evidence)));
  }
  text += list("Not offered", missing);
  // After the end each further check says the same.
  if (result.lost.empty()) list_outcome("Skipped", Outcome::skipped);
  text += scores_table(result);
  std::vector<std::string> leftovers;
  for (const auto& line : result.leftovers) leftovers.push_back(markdown_cell(line));
  return text + list("Left over on the server", leftovers);
}

}  // namespace partsmith::conformance
