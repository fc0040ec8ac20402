#pragma once
/// Where a server keeps its data.

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include <partsmith/storage/ephemeral_folder.h>

namespace partsmith::cli {

/// A folder that is removed with this value when it is temporary.
class DataFolder {
 public:
  /// `asked`, or when it is empty `partsmith` in $XDG_DATA_HOME or ~/.local/share. The store makes it.
  static std::expected<DataFolder, std::string> lasting(const std::filesystem::path& asked);
  /// A new folder of this user's in the system's place for such ones.
  static std::expected<DataFolder, std::string> temporary();

  /// Removes the temporary folders of this user's whose server was killed.
  static void remove_abandoned();

  const std::filesystem::path& path() const { return path_; }

  /// Removes what is temporary although others still use it, for a process that is about to end. While they
  /// write, some of it may come back.
  void remove_at_once() const;

 private:
  explicit DataFolder(std::filesystem::path path) : path_(std::move(path)) {}
  /// The data has a folder of its own inside: the store locks that, as it locks every data folder.
  explicit DataFolder(storage::EphemeralFolder folder)
      : path_(folder.path() / "data"), temporary_(std::move(folder)) {}

  std::filesystem::path path_;
  std::optional<storage::EphemeralFolder> temporary_;
};

}  // namespace partsmith::cli
