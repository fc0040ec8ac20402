#include "verbs/folder_walk.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace partsmith::cli {
namespace {

using Path = std::filesystem::path;

class Walk {
 public:
  explicit Walk(const FolderWalk& told) : told_(told) {}

  void begin(const Path& path) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) == 0) within_.emplace_back(facts.st_dev, facts.st_ino);
    folder(path);
  }

 private:
  using Identity = std::pair<dev_t, ino_t>;

  /// False when the walk is to end.
  bool folder(const Path& path) {
    std::error_code error;
    auto entry = std::filesystem::directory_iterator(path, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      if (!visit(*entry)) return false;
    }
    if (error) told_.refuse(path, error.message());
    return true;
  }

  bool visit(const std::filesystem::directory_entry& entry) {
    const auto& path = entry.path();
    std::error_code error;
    if (!told_.follow_links && entry.is_symlink(error)) return true;
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) {
      told_.refuse(path, std::generic_category().message(errno));
    } else if (S_ISREG(facts.st_mode)) {
      return told_.file(path);
    } else if (S_ISDIR(facts.st_mode)) {
      return enter(path, {facts.st_dev, facts.st_ino});
    } else {
      told_.refuse(path, "neither a file nor a folder");
    }
    return true;
  }

  bool enter(const Path& path, const Identity& identity) {
    if (std::ranges::find(within_, identity) != within_.end()) {
      told_.refuse(path, "a link to a folder that it lies in");
      return true;
    }
    within_.push_back(identity);
    const bool on = folder(path);
    within_.pop_back();
    return on;
  }

  const FolderWalk& told_;
  std::vector<Identity> within_;  ///< from the folder that was named down to the one at hand
};

}  // namespace

std::expected<void, std::string> walk_folder(const Path& folder, const FolderWalk& walk) {
  std::error_code error;
  const std::filesystem::directory_iterator readable(folder, error);
  if (error) return std::unexpected(fmt::format("{}: {}", folder.string(), error.message()));
  Walk(walk).begin(folder);
  return {};
}

}  // namespace partsmith::cli
