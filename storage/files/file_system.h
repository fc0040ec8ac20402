#pragma once
/// Every call on files that the store makes, but for SQLite's own: the one seam where a test can make the
/// n-th call fail. Safe from any thread; a file is used by one thread at a time.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/storage/error.h>
#include <partsmith/values/byte_pipe.h>
#include <partsmith/values/encoding.h>

namespace partsmith::storage {

struct FileError {
  /// Of something that could be opened, and is no file with one name.
  static constexpr int not_a_plain_file = EMEDIUMTYPE;

  int number = 0;     ///< errno
  std::string tried;  ///< the call and the path

  StoreError to_store_error() const;
  /// Something is there, and it is none of the store's making: a link, a pipe, a device, a folder in a
  /// file's place, a file with a second name. It was not followed and not read.
  bool is_foreign() const;
};

template <typename T>
using FileResult = std::expected<T, FileError>;

class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  /// Fills `into` from the offset; fewer bytes only at the file's end.
  virtual FileResult<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> into) = 0;
  /// Up to `wanted` bytes into a pipe that holds none; 0 at the file's end.
  virtual FileResult<std::size_t> read(std::uint64_t offset, BytePipe& into, std::size_t wanted) = 0;
};

class WritableFile {
 public:
  virtual ~WritableFile() = default;
  /// Appends all bytes.
  virtual FileResult<void> write(ByteView bytes) = 0;
  /// The bytes so far survive power loss when this returns.
  virtual FileResult<void> sync() = 0;
};

/// Held as long as it lives.
class FolderLock {
 public:
  virtual ~FolderLock() = default;
};

/// What a name in a folder names, itself: a link is a link.
struct FileFacts {
  enum class Kind { file, folder, other };
  Kind kind = Kind::other;  ///< `file`: plain, and with one name
  std::uint64_t size = 0;   ///< bytes
  bool is_private = false;  ///< nobody but its owner may read or write it
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool is_same_file(const FileFacts& other) const { return device == other.device && inode == other.inode; }
};

/// A folder and what lies in it. `inside` is a relative path without "." and "..", such as
/// "blobs/3f/3f8a…". No link on such a path is ever followed, so that whoever filled the folder reaches
/// nothing outside: is_foreign(). Files are made for their owner alone.
class Folder {
 public:
  virtual ~Folder() = default;

  virtual const std::filesystem::path& path() const = 0;
  /// EEXIST when the file is there.
  virtual FileResult<std::unique_ptr<WritableFile>> create(std::string_view inside) = 0;
  /// Plain files only; it never waits for the other end of a pipe.
  virtual FileResult<std::unique_ptr<ReadableFile>> open(std::string_view inside) = 0;
  virtual FileResult<void> rename(std::string_view from, std::string_view to) = 0;
  /// Removes the name of anything but a folder.
  virtual FileResult<void> remove(std::string_view inside) = 0;
  /// For the owner alone; succeeds when the folder is there.
  virtual FileResult<void> make_folder(std::string_view inside) = 0;
  /// The names in the folder ("": in this one), in no order.
  virtual FileResult<std::vector<std::string>> list(std::string_view inside) = 0;
  /// The entries of the folder ("": of this one) survive power loss when this returns.
  virtual FileResult<void> sync_folder(std::string_view inside) = 0;
  virtual FileResult<FileFacts> look(std::string_view inside) = 0;
  /// What somebody finds who goes by path(), as SQLite does: the folder may have been replaced.
  virtual FileResult<FileFacts> look_by_path(std::string_view inside) = 0;
  /// Takes what others may do with the file from them.
  virtual FileResult<void> make_private(std::string_view inside) = 0;
  /// How many bytes more the disk takes.
  virtual FileResult<std::uint64_t> room() = 0;
  /// EWOULDBLOCK when another holds it. What is locked is the folder, whatever becomes of the files in it;
  /// and the file `lock`, which is all that earlier versions look at.
  virtual FileResult<std::unique_ptr<FolderLock>> lock() = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  /// Makes it and its parents, for the owner alone; succeeds when it is there.
  virtual FileResult<void> make_folder(const std::filesystem::path& folder) = 0;
  /// The folder's entries survive power loss when this returns.
  virtual FileResult<void> sync_folder(const std::filesystem::path& folder) = 0;
  /// The way to the folder may lead over links: they are its user's.
  virtual FileResult<std::unique_ptr<Folder>> open_folder(const std::filesystem::path& folder) = 0;
};

/// The files of the system.
std::unique_ptr<FileSystem> system_files();

}  // namespace partsmith::storage
