#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include <partsmith/conformance/matrix.h>
#include <partsmith/conformance/reports.h>
#include <partsmith/conformance/result.h>

#include "reports/markdown_text.h"

namespace partsmith::conformance {
namespace {

struct Sign {
  std::string_view text;
  std::string_view colour;
};

Sign sign_of(Standing standing) {
  switch (standing) {
    case Standing::passed:
      return {"✓", "32"};
    case Standing::failed:
      return {"✗", "31"};
    case Standing::text:
      return {"″", "33"};
    case Standing::expected:
      return {"≈", "33"};
    case Standing::unsteady:
      return {"~", "31"};
    case Standing::busy:
      return {"…", "90"};
    case Standing::no_right:
      return {"⊘", "90"};
    case Standing::not_offered:
      return {"∅", "33"};
    case Standing::error:
      return {"!", "35"};
    case Standing::skipped:
      return {"–", "90"};
    case Standing::absent:
      return {" ", "0"};
  }
  return {"?", "0"};
}

std::string cell(Standing standing, bool colour) {
  const auto sign = sign_of(standing);
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", sign.colour, sign.text) : std::string(sign.text);
}

/// The sign in a column of that width; its bytes are more than its columns.
std::string centred(const std::string& sign, std::size_t width) {
  const auto left = (width - 1) / 2;
  return std::string(left, ' ') + sign + std::string(width - 1 - left, ' ');
}

std::size_t ran(const Matrix& matrix, std::size_t run) {
  std::size_t sum = 0;
  for (const auto standing :
       {Standing::passed, Standing::failed, Standing::text, Standing::expected, Standing::unsteady})
    sum += matrix.count(run, standing);
  return sum;
}

std::string score(const Matrix& matrix, std::size_t run) {
  return fmt::format("{} of {}", matrix.count(run, Standing::passed), ran(matrix, run));
}

constexpr std::string_view legend =
    "✓ as S3 answers, ✗ otherwise, ″ in wording alone, ≈ otherwise as its profile says, ~ now so, now "
    "otherwise, "
    "∅ feature not offered, … too busy to tell, ⊘ no right to ask, ! the check is at fault, – not run";

}  // namespace

std::string matrix_text(const Matrix& matrix, bool all_rows, bool colour) {
  std::size_t widest = 0;
  std::vector<std::size_t> widths;
  for (const auto& row : matrix.rows) widest = std::max(widest, row.id.size());
  std::string text(widest, ' ');
  for (const auto& run : matrix.runs) {
    widths.push_back(run.label.size());
    text += "  " + run.label;
  }
  text += '\n';
  std::size_t shown = 0;
  for (const auto& row : matrix.rows) {
    if (!all_rows && !row.differs()) continue;
    ++shown;
    text += fmt::format("{:<{}}", row.id, widest);
    for (std::size_t i = 0; i < row.standings.size(); ++i) {
      text += "  " + centred(cell(row.standings[i], colour), std::max<std::size_t>(widths[i], 1));
    }
    text += '\n';
  }
  text +=
      fmt::format("\n{} of {} checks{}. {}\n", shown, matrix.rows.size(),
                  all_rows ? "" : ", those in which the runs differ (--all shows the others too)", legend);
  for (std::size_t i = 0; i < matrix.runs.size(); ++i) {
    text += fmt::format("{}: {} as S3 answers\n", matrix.runs[i].label, score(matrix, i));
  }
  return text;
}

std::string matrix_markdown(const Matrix& matrix) {
  std::string text = "| check | level | known |";
  std::string rule = "|---|---|---|";
  std::string sums = "| **as S3 answers** | | |";
  for (std::size_t i = 0; i < matrix.runs.size(); ++i) {
    text += fmt::format(" {} |", markdown_cell(matrix.runs[i].label));
    rule += ":-:|";
    sums += fmt::format(" {} |", score(matrix, i));
  }
  text += '\n' + rule + '\n' + sums + '\n';
  for (const auto& row : matrix.rows) {
    text += fmt::format("| `{}`<br>{} | {} | {} |", row.id, markdown_cell(row.title), row.level, row.grade);
    for (const auto standing : row.standings) text += fmt::format(" {} |", sign_of(standing).text);
    text += '\n';
  }
  return text + fmt::format("\n{}.\n", legend);
}

std::string matrix_html(const Matrix& matrix) {
  std::vector<std::string> reports;
  for (const auto& run : matrix.runs) reports.push_back(run.json);
  return html_report(reports);
}

}  // namespace partsmith::conformance
