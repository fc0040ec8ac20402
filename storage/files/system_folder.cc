#include "files/system_folder.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "files/descriptor.h"

namespace partsmith::storage {
namespace {

namespace fs = std::filesystem;

constexpr mode_t owner_only_folder = 0700;
constexpr mode_t owner_only_file = 0600;
constexpr mode_t of_others = 0077;
constexpr const char* lock_name = "lock";
// Nothing waits: a pipe without another end, a device that isn't ready.
constexpr int careful = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

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

  FileResult<std::size_t> read(std::uint64_t offset, BytePipe& into, std::size_t wanted) override {
    const auto count = into.fill(descriptor_.number(), offset, wanted);
    if (count) return *count;
    errno = count.error();
    return failed("read", path_);
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
  SystemFolderLock(Descriptor folder, Descriptor file) : folder_(std::move(folder)), file_(std::move(file)) {}

 private:
  Descriptor folder_;  // closing them gives the locks back
  Descriptor file_;
};

bool is_plain(const struct ::stat& facts) {
  return S_ISREG(facts.st_mode) && facts.st_nlink <= 1;  // none: it was removed meanwhile
}

FileFacts facts_of(const struct ::stat& facts) {
  FileFacts made;
  if (is_plain(facts)) made.kind = FileFacts::Kind::file;
  if (S_ISDIR(facts.st_mode)) made.kind = FileFacts::Kind::folder;
  made.size = static_cast<std::uint64_t>(facts.st_size);
  made.is_private = (facts.st_mode & of_others) == 0;
  made.device = facts.st_dev;
  made.inode = facts.st_ino;
  return made;
}

/// The folder in which the last of a path's names lies, and that name.
struct Place {
  Descriptor opened{-1};  ///< invalid: the folder is the root itself
  int folder = -1;
  std::string name;
};

class SystemFolder final : public Folder {
 public:
  SystemFolder(Descriptor root, fs::path path) : root_(std::move(root)), path_(std::move(path)) {}

  const fs::path& path() const override { return path_; }

  FileResult<std::unique_ptr<WritableFile>> create(std::string_view inside) override {
    const auto place = place_of("create", inside);
    if (!place) return std::unexpected(place.error());
    Descriptor made =
        open_descriptor(place->folder, place->name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!made.valid()) return failed("create", path_ / inside);
    return std::make_unique<SystemWritableFile>(std::move(made), path_ / inside);
  }

  FileResult<std::unique_ptr<ReadableFile>> open(std::string_view inside) override {
    auto file = open_plain(inside);
    if (!file) return std::unexpected(std::move(file.error()));
    return std::make_unique<SystemReadableFile>(std::move(*file), path_ / inside);
  }

  FileResult<void> rename(std::string_view from, std::string_view to) override {
    const auto source = place_of("rename", from);
    if (!source) return std::unexpected(source.error());
    const auto target = place_of("rename", to);
    if (!target) return std::unexpected(target.error());
    if (::renameat(source->folder, source->name.c_str(), target->folder, target->name.c_str()) == 0) {
      return {};
    }
    return failed("rename", path_ / from);
  }

  FileResult<void> remove(std::string_view inside) override {
    const auto place = place_of("remove", inside);
    if (!place) return std::unexpected(place.error());
    if (::unlinkat(place->folder, place->name.c_str(), 0) != 0) return failed("remove", path_ / inside);
    return {};
  }

  FileResult<void> make_folder(std::string_view inside) override {
    const auto place = place_of("make folder", inside);
    if (!place) return std::unexpected(place.error());
    if (::mkdirat(place->folder, place->name.c_str(), owner_only_folder) == 0) return {};
    if (errno != EEXIST) return failed("make folder", path_ / inside);
    if (!open_descriptor(place->folder, place->name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW).valid()) {
      return failed("make folder", path_ / inside);
    }
    return {};
  }

  FileResult<std::vector<std::string>> list(std::string_view inside) override {
    Descriptor folder = open_folder("list", inside);
    if (!folder.valid()) return failed("list", path_ / inside);
    const std::unique_ptr<::DIR, int (*)(::DIR*)> entries(::fdopendir(folder.number()), ::closedir);
    if (!entries) return failed("list", path_ / inside);
    folder.release();  // closedir() closes it
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const ::dirent* entry = ::readdir(entries.get());
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return failed("list", path_ / inside);
    return names;
  }

  FileResult<void> sync_folder(std::string_view inside) override {
    const Descriptor folder = open_folder("sync", inside);
    if (!folder.valid()) return failed("open", path_ / inside);
    if (::fsync(folder.number()) != 0) return failed("sync", path_ / inside);
    return {};
  }

  FileResult<FileFacts> look(std::string_view inside) override {
    const auto place = place_of("look at", inside);
    if (!place) return std::unexpected(place.error());
    struct ::stat facts{};
    if (::fstatat(place->folder, place->name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
      return failed("look at", path_ / inside);
    }
    return facts_of(facts);
  }

  FileResult<FileFacts> look_by_path(std::string_view inside) override {
    struct ::stat facts{};
    if (::stat((path_ / inside).c_str(), &facts) != 0) return failed("look at", path_ / inside);
    return facts_of(facts);
  }

  FileResult<void> make_private(std::string_view inside) override {
    const auto file = open_plain(inside);
    if (!file) return std::unexpected(file.error());
    if (::fchmod(file->number(), owner_only_file) != 0) return failed("make private", path_ / inside);
    return {};
  }

  FileResult<std::uint64_t> room() override {
    struct ::statvfs facts{};
    if (::fstatvfs(root_.number(), &facts) != 0) return failed("look at the disk of", path_);
    return std::uint64_t{facts.f_bavail} * facts.f_frsize;
  }

  FileResult<std::unique_ptr<FolderLock>> lock() override {
    Descriptor folder = open_descriptor(root_.number(), ".", O_RDONLY | O_DIRECTORY);
    if (!folder.valid()) return failed("open", path_);
    // NFS locks files only (EBADF).
    if (::flock(folder.number(), LOCK_EX | LOCK_NB) != 0 && errno != EBADF) return failed("lock", path_);
    Descriptor file = open_descriptor(root_.number(), lock_name, O_RDWR | O_CREAT | careful);
    if (!file.valid()) return failed("open", path_ / lock_name);
    struct ::stat facts{};
    if (::fstat(file.number(), &facts) != 0) return failed("look at", path_ / lock_name);
    if (!is_plain(facts)) return foreign("open", lock_name);
    if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) return failed("lock", path_ / lock_name);
    struct ::stat root{};
    struct ::stat named{};
    if (::fstat(root_.number(), &root) != 0 || ::stat(path_.c_str(), &named) != 0) {
      return failed("look at", path_);
    }
    if (!facts_of(root).is_same_file(facts_of(named))) {
      errno = ESTALE;
      return failed("lock", path_);
    }
    return std::make_unique<SystemFolderLock>(std::move(folder), std::move(file));
  }

 private:
  std::unexpected<FileError> foreign(std::string_view call, std::string_view inside) const {
    errno = FileError::not_a_plain_file;
    return failed(call, path_ / inside);
  }

  FileResult<Place> place_of(std::string_view call, std::string_view inside) const {
    Place place;
    place.folder = root_.number();
    std::string_view rest = inside;
    for (;;) {
      const std::size_t slash = rest.find('/');
      place.name = rest.substr(0, slash);
      // Callers make paths of constants, checked names and entries of folders.
      if (place.name.empty() || place.name == "." || place.name == ".." ||
          place.name.find('\0') != std::string::npos) {
        errno = EINVAL;
        return failed(call, path_ / inside);
      }
      if (slash == std::string_view::npos) return place;
      Descriptor next = open_descriptor(place.folder, place.name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW);
      if (!next.valid()) return failed(call, path_ / inside);
      place.opened = std::move(next);
      place.folder = place.opened.number();
      rest.remove_prefix(slash + 1);
    }
  }

  /// For reading its entries; invalid, with errno, when it fails.
  Descriptor open_folder(std::string_view call, std::string_view inside) const {
    if (inside.empty()) return open_descriptor(root_.number(), ".", O_RDONLY | O_DIRECTORY);
    const auto place = place_of(call, inside);
    if (!place) {
      errno = place.error().number;
      return Descriptor(-1);
    }
    return open_descriptor(place->folder, place->name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  }

  FileResult<Descriptor> open_plain(std::string_view inside) const {
    const auto place = place_of("open", inside);
    if (!place) return std::unexpected(place.error());
    Descriptor file = open_descriptor(place->folder, place->name.c_str(), O_RDONLY | careful);
    if (!file.valid()) return failed("open", path_ / inside);
    struct ::stat facts{};
    if (::fstat(file.number(), &facts) != 0) return failed("look at", path_ / inside);
    if (!is_plain(facts)) return foreign("open", inside);
    return file;
  }

  Descriptor root_;
  fs::path path_;
};

}  // namespace

FileResult<std::unique_ptr<Folder>> open_system_folder(const fs::path& folder) {
  Descriptor root = open_descriptor(AT_FDCWD, folder.c_str(), O_PATH | O_DIRECTORY);
  if (!root.valid()) return failed("open", folder);
  return std::make_unique<SystemFolder>(std::move(root), folder);
}

}  // namespace partsmith::storage
