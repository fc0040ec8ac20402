#pragma once
/// The reports that a command is asked for, each to a file or to standard output.

#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <partsmith/conformance/result.h>

namespace partsmith::cli {

struct ReportFile {
  std::filesystem::path path;  ///< empty: not asked for; "-": standard output
  std::function<std::string(const conformance::RunResult&)> make;
};
using ReportFiles = std::vector<ReportFile>;

/// Before a run of hours: whether each can be written, and no more than one to standard output.
std::expected<void, std::string> check_writable(const ReportFiles& files);
bool writes_to_stdout(const ReportFiles& files);
std::expected<void, std::string> write(const ReportFiles& files, const conformance::RunResult& result);

/// One of them: to the file, or to standard output for "-".
std::expected<void, std::string> write_text(const std::filesystem::path& path, const std::string& text);

}  // namespace partsmith::cli
