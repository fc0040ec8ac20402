#pragma once
/// What a run of the catalogue leaves in files.

#include <expected>
#include <string>

#include <partsmith/conformance/profile.h>
#include <partsmith/conformance/result.h>

#include "conform_options.h"
#include "report_files.h"

namespace partsmith::cli {

/// With --ci, what isn't said of files: reports in the folder partsmith-report, which is made, and the
/// baseline partsmith-baseline.json where there is one or it is to be updated. The error is one line.
std::expected<ConformOptions, std::string> with_files_of_ci(ConformOptions options);

/// What --profile and --add-to-profile name.
struct Profiles {
  conformance::Profile held_against;
  conformance::Profile added_to;
};
ReportFiles reports_of(const ConformOptions& options, const Profiles& profiles);

/// A Python script for each failing check, of its name; those of checks that don't fail any more are removed.
/// The error is one line.
std::expected<void, std::string> write_scripts(const std::filesystem::path& folder,
                                               const conformance::RunResult& result);

/// In a job on GitHub, the Markdown report becomes part of its summary. The error is one line.
std::expected<void, std::string> add_to_job_summary(const conformance::RunResult& result);

}  // namespace partsmith::cli
