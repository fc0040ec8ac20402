#include <fmt/format.h>

#include <algorithm>

#include <partsmith/conformance/reports.h>
#include <partsmith/protocol/dates.h>

#include "reports/markdown_text.h"

namespace partsmith::conformance {
namespace {

std::string failure_section(const CheckResult& check) {
  return fmt::format("<details><summary><code>{}</code> ({}): {}</summary>\n\n{}\n</details>\n\n", check.id,
                     to_string(check.level), markdown_cell(check.title), markdown_code(failure_text(check)));
}

std::string list(std::string_view heading, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  auto text = fmt::format("## {}\n\n", heading);
  for (const auto& line : lines) text += fmt::format("- {}\n", line);
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
  const auto spent = result.spent();
  auto text = fmt::format("# S3 conformance of {}\n\n",
                          markdown_cell(result.label.empty() ? result.endpoint : result.label));
  text += "| passed | failed | as the profile says | in error | skipped |\n|--:|--:|--:|--:|--:|\n";
  text += fmt::format("| {} | {} | {} | {} | {} |\n\n", result.count(Outcome::passed), beyond,
                      result.count(Outcome::failed) - beyond, result.count(Outcome::error),
                      result.count(Outcome::skipped));
  text += fmt::format("{}, {}, {} requests, {}{}{}.\n\n", markdown_cell(result.endpoint),
                      protocol::iso8601(result.started), spent.requests, size_text(spent.bytes),
                      result.profile_title.empty() ? "" : ", profile: " + markdown_cell(result.profile_title),
                      result.stopped ? ", stopped early" : "");
  if (beyond > 0) text += "## Differs from S3\n\n";
  for (const auto& check : result.checks) {
    if (check.fails_beyond_profile()) text += failure_section(check);
  }
  text += list("Differs as the profile says",
               lines_of(
                   result, [](const auto& c) { return c.outcome == Outcome::failed && c.deviation; },
                   [](const auto& c) { return c.deviation->reason; }));
  std::vector<std::string> gone;
  for (const auto& line : result.gone) gone.push_back(markdown_cell(line));
  text += list("No longer deviates, though the profile says so", gone);
  text += list("Defects of checks", lines_of(
                                        result, [](const auto& c) { return c.outcome == Outcome::error; },
                                        [](const auto& c) { return c.defect; }));
  text += list("Skipped", lines_of(
                              result, [](const auto& c) { return c.outcome == Outcome::skipped; },
                              [](const auto& c) { return c.skip_reason; }));
  std::vector<std::string> leftovers;
  for (const auto& line : result.leftovers) leftovers.push_back(markdown_cell(line));
  return text + list("Left over on the server", leftovers);
}

}  // namespace partsmith::conformance
