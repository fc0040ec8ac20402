#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <partsmith/storage/ephemeral_folder.h>

namespace partsmith::storage {
namespace {

constexpr std::string_view prefix = "partsmith-ephemeral-";
constexpr std::string_view to_be_chosen = "XXXXXX";

bool is_name_of_ours(const std::string& name) {
  return name.starts_with(prefix) && name.size() == prefix.size() + to_be_chosen.size();
}

/// The folder, held against every other process; nothing when it is no folder of this user's, is held, or was
/// removed meanwhile.
std::optional<int> hold(const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  struct stat held{};
  struct stat there{};
  const bool ours = fstat(descriptor, &held) == 0 && held.st_uid == geteuid() &&
                    (held.st_mode & 0777U) == 0700 && flock(descriptor, LOCK_EX | LOCK_NB) == 0 &&
                    lstat(path.c_str(), &there) == 0 && there.st_ino == held.st_ino &&
                    there.st_dev == held.st_dev;
  if (ours) return descriptor;
  close(descriptor);
  return std::nullopt;
}

}  // namespace

std::expected<EphemeralFolder, std::string> EphemeralFolder::make_in(const std::filesystem::path& parent,
                                                                     Log log) {
  constexpr int attempts = 10;  // another process may take a folder for abandoned before it is held
  for (int i = 0; i < attempts; ++i) {
    std::string name = (parent / (std::string(prefix) += to_be_chosen)).string();
    if (mkdtemp(name.data()) == nullptr) break;
    if (const auto descriptor = hold(name)) return EphemeralFolder(name, *descriptor, std::move(log));
  }
  return std::unexpected(
      fmt::format("cannot make a folder in {}: {}", parent.string(), std::strerror(errno)));
}

EphemeralFolder::~EphemeralFolder() {
  if (descriptor_ < 0) return;
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  if (error) log_(fmt::format("partsmith: cannot remove {}: {}", path_.string(), error.message()));
  close(descriptor_);
}

EphemeralFolder::EphemeralFolder(EphemeralFolder&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      log_(std::move(other.log_)) {}

void remove_abandoned_folders(const std::filesystem::path& parent) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(parent, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!is_name_of_ours(entry->path().filename().string())) continue;
    const auto descriptor = hold(entry->path());
    if (!descriptor) continue;
    std::error_code ignored;  // what stays is found again by the next start
    std::filesystem::remove_all(entry->path(), ignored);
    close(*descriptor);
  }
}

}  // namespace partsmith::storage
