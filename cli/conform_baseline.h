#pragma once
/// The file of known differences that a run is held against.

#include <expected>
#include <string>

#include <partsmith/conformance/baseline.h>
#include <partsmith/conformance/result.h>

#include "conform_options.h"

namespace partsmith::cli {

/// Without --baseline an empty one; the same where --update-baseline makes the file. The error is one line.
std::expected<conformance::Baseline, std::string> read_baseline(const ConformOptions& options);

/// Marks what is known. With --update-baseline, first writes the file anew: then everything is known. The
/// error is one line.
std::expected<void, std::string> hold_against_baseline(const ConformOptions& options,
                                                       const conformance::Baseline& known,
                                                       conformance::RunResult& result);

}  // namespace partsmith::cli
