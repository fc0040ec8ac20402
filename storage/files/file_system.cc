#include "files/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "files/descriptor.h"
#include "files/system_folder.h"
#include "system_errors.h"

namespace partsmith::storage {
namespace {

namespace fs = std::filesystem;

constexpr mode_t owner_only_folder = 0700;

class SystemFiles final : public FileSystem {
 public:
  FileResult<void> make_folder(const fs::path& folder) override {
    if (::mkdir(folder.c_str(), owner_only_folder) == 0) return {};
    if (errno == ENOENT && folder.has_parent_path() && folder.parent_path() != folder) {
      if (auto parent = make_folder(folder.parent_path()); !parent) return parent;
      if (::mkdir(folder.c_str(), owner_only_folder) == 0) return {};
    }
    if (errno != EEXIST) return failed("make folder", folder);
    struct ::stat facts{};
    if (::stat(folder.c_str(), &facts) != 0) return failed("look at", folder);
    if (!S_ISDIR(facts.st_mode)) {
      errno = ENOTDIR;
      return failed("make folder", folder);
    }
    return {};
  }

  FileResult<void> sync_folder(const fs::path& folder) override {
    const Descriptor descriptor = open_descriptor(AT_FDCWD, folder.c_str(), O_RDONLY | O_DIRECTORY);
    if (!descriptor.valid()) return failed("open", folder);
    if (::fsync(descriptor.number()) != 0) return failed("sync", folder);
    return {};
  }

  FileResult<std::unique_ptr<Folder>> open_folder(const fs::path& folder) override {
    return open_system_folder(folder);
  }
};

}  // namespace

StoreError FileError::to_store_error() const {
  StoreError error = system_error(number, tried);
  if (is_foreign()) error.code = StoreErrorCode::damaged;
  return error;
}

bool FileError::is_foreign() const {
  return number == ELOOP || number == ENOTDIR || number == EISDIR || number == ENXIO ||
         number == not_a_plain_file;
}

std::unique_ptr<FileSystem> system_files() {
  return std::make_unique<SystemFiles>();
}

}  // namespace partsmith::storage
