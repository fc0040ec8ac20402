#include "data_folder.h"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>
#include <utility>

#include "standard_streams.h"

namespace partsmith::cli {

std::expected<DataFolder, std::string> DataFolder::lasting(const std::filesystem::path& asked) {
  if (!asked.empty()) return DataFolder(std::filesystem::absolute(asked));
  if (const char* data_home = std::getenv("XDG_DATA_HOME"); data_home != nullptr && *data_home == '/') {
    return DataFolder(std::filesystem::path(data_home) / "partsmith");
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return DataFolder(std::filesystem::path(home) / ".local/share/partsmith");
  }
  return std::unexpected(
      "no folder for the data: give --data DIR or --ephemeral (neither XDG_DATA_HOME nor HOME is set)");
}

std::expected<DataFolder, std::string> DataFolder::temporary() {
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  if (error) return std::unexpected(fmt::format("no place for temporary data: {}", error.message()));
  auto folder = storage::EphemeralFolder::make_in(parent, tell_line);
  if (!folder) return std::unexpected(folder.error());
  return DataFolder(*std::move(folder));
}

void DataFolder::remove_abandoned() {
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  if (!error) storage::remove_abandoned_folders(parent);
}

void DataFolder::remove_at_once() const {
  constexpr int attempts = 10;
  std::error_code error;
  for (int i = 0; temporary_ && i < attempts && std::filesystem::exists(temporary_->path(), error); ++i) {
    std::filesystem::remove_all(temporary_->path(), error);
  }
}

}  // namespace partsmith::cli
