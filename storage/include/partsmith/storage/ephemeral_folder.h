#pragma once
/// A folder for as long as a process lives, and what is left of those whose process was killed.

#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace partsmith::storage {

/// A new folder of this user's alone (0700). It is held by a lock that ends with the process, however that
/// ends, and is removed with this value.
class EphemeralFolder {
 public:
  /// Receives a line when the folder can't be removed.
  using Log = std::function<void(std::string_view)>;

  /// `parent/partsmith-ephemeral-XXXXXX`. The error is one line fit for a person.
  static std::expected<EphemeralFolder, std::string> make_in(
      const std::filesystem::path& parent, Log log = [](std::string_view) {});

  ~EphemeralFolder();
  EphemeralFolder(EphemeralFolder&& other) noexcept;
  EphemeralFolder& operator=(EphemeralFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  EphemeralFolder(std::filesystem::path path, int descriptor, Log log)
      : path_(std::move(path)), descriptor_(descriptor), log_(std::move(log)) {}

  std::filesystem::path path_;
  int descriptor_;  ///< of the folder, with the lock; -1: moved away
  Log log_;
};

/// Removes the folders in `parent` that make_in made for processes which didn't end well: those of this user,
/// by their name and mode, which nobody holds. Links aren't followed. What can't be removed stays.
void remove_abandoned_folders(const std::filesystem::path& parent);

}  // namespace partsmith::storage
