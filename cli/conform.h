#pragma once
/// `partsmith conform`: checks an endpoint and tells what differs from Amazon S3.

#include <expected>
#include <string>

#include "conform_options.h"

namespace partsmith::cli {

/// Exit codes besides 0.
inline constexpr int conform_failed = 1;
inline constexpr int conform_trouble = 2;
inline constexpr int conform_interrupted = 130;

/// The exit code; the error (conform_trouble) is one line fit for a person.
std::expected<int, std::string> conform(const ConformOptions& options);
std::expected<int, std::string> conform_diff(const DiffOptions& options);

}  // namespace partsmith::cli
