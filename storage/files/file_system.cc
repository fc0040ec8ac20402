#include "files/file_system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "system_errors.h"

namespace partsmith::storage {
namespace {

namespace fs = std::filesystem;

constexpr mode_t owner_only_file = 0600;
constexpr mode_t owner_only_folder = 0700;

std::unexpected<FileError> failed(std::string_view call, const fs::path& path) {
  const int number = errno;
  return std::unexpected(FileError{number, fmt::format("{} {}", call, path.string())});
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int number() const { return number_; }
  bool valid() const { return number_ >= 0; }

 private:
  int number_;
};

Descriptor open_descriptor(const fs::path& path, int flags) {
  for (;;) {
    const int number = ::open(path.c_str(), flags | O_CLOEXEC, owner_only_file);
    if (number >= 0 || errno != EINTR) return Descriptor(number);
  }
}

class SystemReadableFile final : public ReadableFile {
 public:
  SystemReadableFile(Descriptor descriptor, fs::path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  FileResult<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ::ssize_t count = ::pread(descriptor_.number(), into.data() + done, into.size() - done,
                                      static_cast<::off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed("read", path_);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

 private:
  Descriptor descriptor_;
  fs::path path_;
};

class SystemWritableFile final : public WritableFile {
 public:
  SystemWritableFile(Descriptor descriptor, fs::path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  FileResult<void> write(ByteView bytes) override {
    while (!bytes.empty()) {
      const ::ssize_t count = ::write(descriptor_.number(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed("write", path_);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }

  FileResult<void> sync() override {
    if (::fdatasync(descriptor_.number()) != 0) return failed("sync", path_);
    return {};
  }

 private:
  Descriptor descriptor_;
  fs::path path_;
};

class SystemFolderLock final : public FolderLock {
 public:
  explicit SystemFolderLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;  // closing it gives the lock back
};

class SystemFiles final : public FileSystem {
 public:
  FileResult<std::unique_ptr<WritableFile>> create(const fs::path& file) override {
    Descriptor descriptor = open_descriptor(file, O_WRONLY | O_CREAT | O_EXCL);
    if (!descriptor.valid()) return failed("create", file);
    return std::make_unique<SystemWritableFile>(std::move(descriptor), file);
  }

  FileResult<std::unique_ptr<ReadableFile>> open(const fs::path& file) override {
    Descriptor descriptor = open_descriptor(file, O_RDONLY);
    if (!descriptor.valid()) return failed("open", file);
    return std::make_unique<SystemReadableFile>(std::move(descriptor), file);
  }

  FileResult<void> rename(const fs::path& from, const fs::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from);
    return {};
  }

  FileResult<void> remove(const fs::path& file) override {
    if (::unlink(file.c_str()) != 0) return failed("remove", file);
    return {};
  }

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

  FileResult<std::vector<std::string>> list(const fs::path& folder) override {
    std::error_code error;
    std::vector<std::string> names;
    fs::directory_iterator entry(folder, error);
    while (!error && entry != fs::directory_iterator()) {
      names.push_back(entry->path().filename().string());
      entry.increment(error);
    }
    if (error) return std::unexpected(FileError{error.value(), fmt::format("list {}", folder.string())});
    return names;
  }

  FileResult<void> sync_folder(const fs::path& folder) override {
    const Descriptor descriptor = open_descriptor(folder, O_RDONLY | O_DIRECTORY);
    if (!descriptor.valid()) return failed("open", folder);
    if (::fsync(descriptor.number()) != 0) return failed("sync", folder);
    return {};
  }

  FileResult<std::uint64_t> room(const fs::path& folder) override {
    struct ::statvfs facts{};
    if (::statvfs(folder.c_str(), &facts) != 0) return failed("look at the disk of", folder);
    return std::uint64_t{facts.f_bavail} * facts.f_frsize;
  }

  FileResult<std::unique_ptr<FolderLock>> lock(const fs::path& file) override {
    Descriptor descriptor = open_descriptor(file, O_RDWR | O_CREAT);
    if (!descriptor.valid()) return failed("open", file);
    if (::flock(descriptor.number(), LOCK_EX | LOCK_NB) != 0) return failed("lock", file);
    return std::make_unique<SystemFolderLock>(std::move(descriptor));
  }
};

}  // namespace

StoreError FileError::to_store_error() const {
  return system_error(number, tried);
}

std::unique_ptr<FileSystem> system_files() {
  return std::make_unique<SystemFiles>();
}

}  // namespace partsmith::storage
