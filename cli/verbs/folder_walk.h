#pragma once
/// The files of a folder.

#include <expected>
#include <filesystem>
#include <functional>
#include <string>

namespace partsmith::cli {

struct FolderWalk {
  bool follow_links = true;  ///< false: links to files and folders are left out
  /// Told of each regular file; false ends the walk.
  std::function<bool(const std::filesystem::path&)> file;
  /// Told of what can't be taken, and why: the walk goes on.
  std::function<void(const std::filesystem::path&, const std::string&)> refuse;
};

/// All files below, in no order. A link to a folder that the link lies in is refused, so that the walk ends.
/// The error is that the folder itself can't be read: one line fit for a person.
std::expected<void, std::string> walk_folder(const std::filesystem::path& folder, const FolderWalk& walk);

}  // namespace partsmith::cli
