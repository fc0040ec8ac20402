#pragma once
/// Where blobs are files. A file is made in incoming/; once a committed row names it, it moves to blobs/<2
/// hex>/. Until it has moved it is found in incoming/ all the same, so a reader never depends on the move.

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <partsmith/storage/error.h>
#include <partsmith/storage/local_store.h>

#include "files/disk_room.h"
#include "files/file_system.h"

namespace partsmith::storage {

using FillRandom = std::function<void(std::span<std::uint8_t>)>;

/// A new file in incoming/ under a name that no other blob has. Removed with this object unless kept.
class IncomingFile {
 public:
  IncomingFile(FileSystem& files, std::filesystem::path path, std::unique_ptr<WritableFile> file);
  ~IncomingFile();
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  WritableFile& file() { return *file_; }
  std::string name() const { return path_.filename().string(); }
  /// All bytes are written: gives the descriptor back.
  void close() { file_.reset(); }
  /// The file stays, because a row may name it.
  void keep() { kept_ = true; }

 private:
  FileSystem& files_;
  std::filesystem::path path_;
  std::unique_ptr<WritableFile> file_;
  bool kept_ = false;
};

class BlobFolder {
 public:
  BlobFolder(FileSystem& files, std::filesystem::path root, Durability durability, FillRandom random);

  /// Makes what is missing of the folders.
  std::expected<void, StoreError> prepare();

  const DiskRoom& room() const { return room_; }

  std::expected<std::unique_ptr<IncomingFile>, StoreError> create();
  /// To be called when the bytes are complete and before a row names them: what the durability asks for.
  std::expected<void, StoreError> settle(IncomingFile& file);
  /// Moves the file from incoming/ to blobs/. Succeeds when it is not in incoming/: moved, or removed
  /// meanwhile.
  std::expected<void, StoreError> publish(const std::string& name);
  /// `damaged` when there is no such file.
  std::expected<std::unique_ptr<ReadableFile>, StoreError> open(const std::string& name);
  /// Succeeds when there is no such file.
  std::expected<void, StoreError> remove(const std::string& name);
  /// What has been removed does not come back when the power fails, as far as the durability asks for it.
  std::expected<void, StoreError> settle_removed(std::span<const std::string> names);
  std::expected<std::vector<std::string>, StoreError> incoming_names();

 private:
  std::filesystem::path incoming() const { return root_ / "incoming"; }
  std::filesystem::path incoming_path(const std::string& name) const { return incoming() / name; }
  std::filesystem::path blob_folder(const std::string& name) const {
    return root_ / "blobs" / name.substr(0, 2);
  }
  std::filesystem::path blob_path(const std::string& name) const { return blob_folder(name) / name; }

  std::expected<void, StoreError> sync_when_asked(const std::filesystem::path& folder);

  FileSystem& files_;
  std::filesystem::path root_;
  Durability durability_;
  FillRandom random_;
  DiskRoom room_;
};

}  // namespace partsmith::storage
