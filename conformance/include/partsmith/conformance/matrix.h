#pragma once
/// Several runs side by side, read from their JSON reports.

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace partsmith::conformance {

enum class Standing {
  passed,
  failed,
  text,      ///< failed in wording alone
  expected,  ///< failed as the run's profile says
  unsteady,  ///< failed once of two times
  busy,
  no_right,
  not_offered,
  error,
  skipped,
  absent  ///< not part of that run
};

struct Matrix {
  struct Run {
    std::string label;
    std::string endpoint;
    std::string started;
    std::string json;  ///< the report, with the label
  };
  struct Row {
    std::string id;
    std::string title;
    std::string level;
    std::string source;
    std::string grade;                ///< empty in reports of before there were grades
    std::vector<Standing> standings;  ///< one per run

    /// Whether one server does what another doesn't; what wasn't run says nothing.
    bool differs() const;
  };
  std::vector<Run> runs;
  std::vector<Row> rows;  ///< as they stand in the first run that has them

  std::size_t count(std::size_t run, Standing standing) const;
};

/// A JSON report and what to call its run when it has no label.
struct NamedReport {
  std::string name;
  std::string json;
};

/// The error is one line that names the report.
std::expected<Matrix, std::string> read_matrix(std::span<const NamedReport> reports);

/// The ids of checks that passed in the first run and differ in the last one, or whose feature isn't offered
/// there any more.
std::vector<std::string> regressions(const Matrix& matrix);

/// For a terminal: the rows that differ, or all; then the sums.
std::string matrix_text(const Matrix& matrix, bool all_rows, bool colour);
std::string matrix_markdown(const Matrix& matrix);
std::string matrix_html(const Matrix& matrix);

}  // namespace partsmith::conformance
