#pragma once
/// What a disk holds after the power has failed: what was synced, and of the rest any part. Names are as
/// journaling file systems keep them: a rename is whole or not there, and of the changes that were not synced
/// the later ones go first.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "temporary_folder.h"

namespace partsmith::storage::testing {

class PowerFailure {
 public:
  using Path = std::filesystem::path;

  void created(const Path& file) {
    const std::scoped_lock lock(mutex_);
    auto made = std::make_shared<File>();
    names_[file] = made;
    changes_.push_back({.to = file, .file = std::move(made)});
  }
  void renamed(const Path& from, const Path& to) {
    const std::scoped_lock lock(mutex_);
    const auto file = known(from);
    names_.erase(from);
    names_[to] = file;
    changes_.push_back({.from = from, .to = to, .file = file});
  }
  /// To be told before the file goes, which may come back.
  void removing(const Path& file) {
    const std::scoped_lock lock(mutex_);
    const auto gone = known(file);
    gone->last = content(file);
    names_.erase(file);
    changes_.push_back({.from = file, .file = gone});
  }
  void synced(const Path& file) {
    const std::scoped_lock lock(mutex_);
    known(file)->synced = content(file);
  }
  void folder_synced(const Path& folder) {
    const std::scoped_lock lock(mutex_);
    const auto touches = [&](const Change& change) {
      return change.from.parent_path() == folder || change.to.parent_path() == folder;
    };
    const auto last = std::find_if(changes_.rbegin(), changes_.rend(), touches);
    for (auto change = changes_.begin(); change != last.base(); ++change) apply(*change, durable_);
    changes_.erase(changes_.begin(), last.base());
  }

  /// Makes `into` of `folder` as it is when the power fails now. `chance` decides what is lost.
  void leave(const Path& folder, const Path& into, std::uint32_t chance) const {
    const std::scoped_lock lock(mutex_);
    std::mt19937 random(chance);
    Names names = durable_;
    const std::size_t kept = chance % 3 == 0   ? 0
                             : chance % 3 == 1 ? changes_.size()
                                               : random() % (changes_.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) apply(changes_[i], names);
    std::filesystem::create_directories(into);
    for (const auto& [name, file] : names) {
      const Path path = into / std::filesystem::relative(name, folder);
      std::filesystem::create_directories(path.parent_path());
      test::write_file(path, after_failure(*file, random));
    }
  }

 private:
  struct File {
    std::string synced;
    std::string last;  ///< its content when its name was removed
  };
  using Names = std::map<Path, std::shared_ptr<File>>;
  struct Change {
    Path from{};
    Path to{};
    std::shared_ptr<File> file;
  };

  static void apply(const Change& change, Names& names) {
    if (!change.from.empty()) names.erase(change.from);
    if (!change.to.empty()) names[change.to] = change.file;
  }
  static std::string content(const Path& file) {
    std::ifstream in(file, std::ios::binary);
    std::error_code gone;
    const auto size = std::filesystem::file_size(file, gone);
    std::string bytes(gone ? 0 : size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes;
  }
  std::shared_ptr<File> known(const Path& path) {
    auto& file = names_[path];
    if (!file) file = std::make_shared<File>();
    return file;
  }

  /// Each sector as it was synced, or as it was last written.
  std::string after_failure(const File& file, std::mt19937& random) const {
    constexpr std::size_t sector = 512;
    const auto name =
        std::ranges::find_if(names_, [&](const auto& entry) { return entry.second.get() == &file; });
    const std::string written = name == names_.end() ? file.last : content(name->first);
    const auto way = random() % 3;
    if (way == 0) return file.synced;
    if (way == 1) return written;
    const bool longer = random() % 2 == 0;
    std::string mixed(longer ? written.size() : file.synced.size(), '\0');
    for (std::size_t at = 0; at < mixed.size(); at += sector) {
      const std::string& from = random() % 2 == 0 ? file.synced : written;
      if (at < from.size()) from.copy(mixed.data() + at, std::min(sector, mixed.size() - at), at);
    }
    return mixed;
  }

  mutable std::mutex mutex_;
  Names names_;                  // as they are
  Names durable_;                // as they are on disk for certain
  std::vector<Change> changes_;  // that lead from the one to the other
};

}  // namespace partsmith::storage::testing
