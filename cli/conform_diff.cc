#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include <partsmith/conformance/matrix.h>

#include "conform.h"
#include "report_files.h"
#include "standard_streams.h"

namespace partsmith::cli {
namespace {

std::expected<conformance::NamedReport, std::string> read_report(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return std::unexpected(fmt::format("cannot read {}", path.string()));
  return conformance::NamedReport{path.stem().string(), text.str()};
}

}  // namespace

std::expected<int, std::string> conform_diff(const DiffOptions& options) {
  std::vector<conformance::NamedReport> reports;
  for (const auto& path : options.reports) {
    auto report = read_report(path);
    if (!report) return std::unexpected(report.error());
    reports.push_back(*std::move(report));
  }
  const auto matrix = conformance::read_matrix(reports);
  if (!matrix) return std::unexpected(matrix.error());
  if (options.html == "-" && options.markdown == "-") {
    return std::unexpected("only one report can be written to standard output");
  }
  if (options.html != "-" && options.markdown != "-") {
    fmt::print("{}", conformance::matrix_text(*matrix, options.all, isatty(STDOUT_FILENO) != 0));
  }
  if (!options.html.empty()) {
    if (const auto ok = write_text(options.html, conformance::matrix_html(*matrix)); !ok) {
      return std::unexpected(ok.error());
    }
  }
  if (!options.markdown.empty()) {
    if (const auto ok = write_text(options.markdown, conformance::matrix_markdown(*matrix)); !ok) {
      return std::unexpected(ok.error());
    }
  }
  if (!options.fail_on_regression) return 0;
  const auto worse = conformance::regressions(*matrix);
  for (const auto& id : worse) tell_line("a regression: " + id);
  return worse.empty() ? 0 : conform_failed;
}

}  // namespace partsmith::cli
