#include "ready_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "whole_file.h"

namespace partsmith::cli {
namespace {

/// Which file is at a path; nothing where there is none, or anything else.
std::optional<std::pair<dev_t, ino_t>> file_at(const std::filesystem::path& path) {
  struct stat there{};
  if (lstat(path.c_str(), &there) != 0 || !S_ISREG(there.st_mode)) return std::nullopt;
  return std::pair(there.st_dev, there.st_ino);
}

}  // namespace

ReadyFile::ReadyFile(std::filesystem::path path) : path_(std::move(path)) {
  if (!path_.empty() && file_at(path_)) unlink(path_.c_str());
}

ReadyFile::~ReadyFile() {
  remove();
}

std::expected<void, std::string> ReadyFile::write(const std::string& url, std::uint16_t port,
                                                  const std::string& control_url) {
  if (path_.empty()) return {};
  const nlohmann::ordered_json content = {
      {"url", url}, {"port", port}, {"pid", getpid()}, {"control_url", control_url}};
  if (const auto written = write_whole_file(path_, content.dump() + '\n'); !written) {
    return std::unexpected(
        fmt::format("cannot write the ready file {}: {}", path_.string(), written.error()));
  }
  written_ = file_at(path_);
  return {};
}

void ReadyFile::remove() const {
  if (written_ && file_at(path_) == written_) unlink(path_.c_str());
}

}  // namespace partsmith::cli
