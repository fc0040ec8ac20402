#pragma once
/// Small files that the user names: rules, documents.

#include <cerrno>
#include <cstring>
#include <expected>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace partsmith::cli {

/// The error is one line without the path.
inline std::expected<std::string, std::string> read_text_file(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad())
    return std::unexpected(errno == 0 ? "it can't be read" : std::strerror(errno));
  return text;
}

}  // namespace partsmith::cli
