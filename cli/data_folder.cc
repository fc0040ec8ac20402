#include "data_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace partsmith::cli {

std::expected<DataFolder, std::string> DataFolder::lasting(const std::filesystem::path& asked) {
  if (!asked.empty()) return DataFolder(std::filesystem::absolute(asked), false);
  if (const char* data_home = std::getenv("XDG_DATA_HOME"); data_home != nullptr && *data_home == '/') {
    return DataFolder(std::filesystem::path(data_home) / "partsmith", false);
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return DataFolder(std::filesystem::path(home) / ".local/share/partsmith", false);
  }
  return std::unexpected("no folder for the data: give --data DIR or --ephemeral (neither XDG_DATA_HOME nor HOME is set)");
}

std::expected<DataFolder, std::string> DataFolder::temporary() {
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  if (error) return std::unexpected(fmt::format("no place for temporary data: {}", error.message()));
  std::string name = (parent / "partsmith-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    return std::unexpected(fmt::format("cannot make a folder in {}: {}", parent.string(), std::strerror(errno)));
  }
  return DataFolder(name, true);
}

DataFolder::~DataFolder() {
  if (!remove_) return;
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  if (error) fmt::print(stderr, "partsmith: cannot remove {}: {}\n", path_.string(), error.message());
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), remove_(std::exchange(other.remove_, false)) {}

}  // namespace partsmith::cli
