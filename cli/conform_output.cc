#include "conform_output.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <span>

#include <partsmith/conformance/reports.h>

#include "standard_streams.h"

namespace partsmith::cli {
namespace {

using conformance::RunResult;

std::expected<void, std::string> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return std::unexpected(fmt::format("cannot make {}: {}", folder.string(), error.message()));
  return {};
}

std::string html_of(const RunResult& result) {
  const auto json = conformance::json_report(result);
  return conformance::html_report(std::span(&json, 1));
}

}  // namespace

std::expected<ConformOptions, std::string> with_files_of_ci(ConformOptions options) {
  if (!options.ci) return options;
  const std::filesystem::path folder = "partsmith-report";
  if (const auto made = make_folder(folder); !made) return std::unexpected(made.error());
  const auto fill = [](std::filesystem::path& path, const std::filesystem::path& by) {
    if (path.empty()) path = by;
  };
  fill(options.junit, folder / "junit.xml");
  fill(options.html, folder / "report.html");
  fill(options.json, folder / "report.json");
  fill(options.sarif, folder / "report.sarif");
  fill(options.markdown, folder / "summary.md");
  fill(options.scripts, folder / "scripts");
  if (!options.baseline.empty()) return options;
  const std::filesystem::path baseline = "partsmith-baseline.json";
  std::error_code unknown;
  if (options.update_baseline || std::filesystem::exists(baseline, unknown)) {
    options.baseline = baseline;
  } else {
    tell_line("there is no partsmith-baseline.json: every difference fails; --ci --update-baseline makes it");
  }
  return options;
}

ReportFiles reports_of(const ConformOptions& options, const Profiles& profiles) {
  return {{options.json, conformance::json_report},
          {options.junit, conformance::junit_report},
          {options.html, html_of},
          {options.markdown, conformance::markdown_report},
          {options.sarif, conformance::sarif_report},
          {options.badge,
           options.badge.extension() == ".json" ? conformance::badge_json : conformance::badge_svg},
          {options.record_profile,
           [&options, &profiles](const RunResult& result) {
             return conformance::record_profile(result, options.record_profile.stem().string(),
                                                profiles.held_against);
           }},
          {options.add_to_profile, [&profiles](const RunResult& result) {
             return conformance::add_to_profile(result, profiles.added_to);
           }}};
}

std::expected<void, std::string> write_scripts(const std::filesystem::path& folder, const RunResult& result) {
  if (folder.empty()) return {};
  if (const auto made = make_folder(folder); !made) return made;
  for (const auto& check : result.checks) {
    const auto file = folder / (check.id + ".py");
    if (check.differs() && !check.script.empty()) {
      if (const auto written = write_text(file, check.script); !written) return written;
    } else {
      std::error_code absent;
      std::filesystem::remove(file, absent);
    }
  }
  return {};
}

std::expected<void, std::string> add_to_job_summary(const RunResult& result) {
  const char* file = std::getenv("GITHUB_STEP_SUMMARY");
  if (file == nullptr || *file == '\0') return {};
  std::ofstream summary(file, std::ios::binary | std::ios::app);
  summary << conformance::markdown_report(result);
  summary.close();
  if (!summary) return std::unexpected(fmt::format("cannot write GITHUB_STEP_SUMMARY, {}", file));
  return {};
}

}  // namespace partsmith::cli
