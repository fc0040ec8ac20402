#include "report_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "standard_streams.h"

namespace partsmith::cli {
namespace {

/// With the reason that the system gave last.
std::unexpected<std::string> cannot_write(const std::filesystem::path& path) {
  return std::unexpected(fmt::format("cannot write {}: {}", path.string(),
                                     std::generic_category().message(errno == 0 ? EIO : errno)));
}

}  // namespace

bool writes_to_stdout(const ReportFiles& files) {
  return std::ranges::any_of(files, [](const ReportFile& file) { return file.path == "-"; });
}

std::expected<void, std::string> check_writable(const ReportFiles& files) {
  if (std::ranges::count(files, "-", &ReportFile::path) > 1) {
    return std::unexpected("only one report can be written to standard output");
  }
  for (const auto& [path, make] : files) {
    if (path.empty() || path == "-") continue;
    std::error_code unknown;  // then it is taken for one that was there
    const bool was_there = std::filesystem::exists(path, unknown) || unknown;
    errno = 0;
    if (!std::ofstream(path, std::ios::app)) return cannot_write(path);
    // A run that comes to nothing leaves no empty report.
    if (!was_there) std::filesystem::remove(path, unknown);
  }
  return {};
}

std::expected<void, std::string> write_text(const std::filesystem::path& path, const std::string& text) {
  if (path == "-") {
    if (!print_text(text)) return std::unexpected("cannot write to stdout");
    return {};
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return cannot_write(path);
  return {};
}

std::expected<void, std::string> write(const ReportFiles& files, const conformance::RunResult& result) {
  for (const auto& [path, make] : files) {
    if (path.empty()) continue;
    if (const auto written = write_text(path, make(result)); !written) return written;
  }
  return {};
}

}  // namespace partsmith::cli
