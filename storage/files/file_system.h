#pragma once
/// Every call on files that the store makes, but for SQLite's own: the one seam where a test can make the
/// n-th call fail. Safe from any thread; a file is used by one thread at a time.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <partsmith/storage/error.h>
#include <partsmith/values/encoding.h>

namespace partsmith::storage {

struct FileError {
  int number = 0;     ///< errno
  std::string tried;  ///< the call and the path

  StoreError to_store_error() const;
};

template <typename T>
using FileResult = std::expected<T, FileError>;

class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  /// Fills `into` from the offset; fewer bytes only at the file's end.
  virtual FileResult<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> into) = 0;
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

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  /// EEXIST when the file is there.
  virtual FileResult<std::unique_ptr<WritableFile>> create(const std::filesystem::path& file) = 0;
  virtual FileResult<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& file) = 0;
  virtual FileResult<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual FileResult<void> remove(const std::filesystem::path& file) = 0;
  /// Makes it and its parents, for the owner alone; succeeds when it is there.
  virtual FileResult<void> make_folder(const std::filesystem::path& folder) = 0;
  /// The names in the folder, in no order.
  virtual FileResult<std::vector<std::string>> list(const std::filesystem::path& folder) = 0;
  /// The folder's entries survive power loss when this returns.
  virtual FileResult<void> sync_folder(const std::filesystem::path& folder) = 0;
  /// How many bytes more the disk takes.
  virtual FileResult<std::uint64_t> room(const std::filesystem::path& folder) = 0;
  /// EWOULDBLOCK when another holds it.
  virtual FileResult<std::unique_ptr<FolderLock>> lock(const std::filesystem::path& file) = 0;
};

/// The files of the system.
std::unique_ptr<FileSystem> system_files();

}  // namespace partsmith::storage
