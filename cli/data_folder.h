#pragma once
/// Where a server keeps its data.

#include <expected>
#include <filesystem>
#include <string>

namespace partsmith::cli {

/// A folder that is removed with this value when it is temporary.
class DataFolder {
 public:
  /// `asked`, or when it is empty `partsmith` in $XDG_DATA_HOME or ~/.local/share. The store makes it.
  static std::expected<DataFolder, std::string> lasting(const std::filesystem::path& asked);
  /// A new folder of this user's in the system's place for such ones.
  static std::expected<DataFolder, std::string> temporary();

  ~DataFolder();
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  DataFolder(std::filesystem::path path, bool remove) : path_(std::move(path)), remove_(remove) {}

  std::filesystem::path path_;
  bool remove_;
};

}  // namespace partsmith::cli
