#pragma once
/// Where blobs are files. A file is made in incoming/; once a committed row names it, it moves to blobs/<2
/// hex>/. Until it has moved it is found in incoming/ all the same, so a reader never depends on the move.
/// Whatever else lies there (links, pipes, folders) is `damaged`, and never followed or read.

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/storage/error.h>
#include <partsmith/storage/local_store.h>

#include "files/blob_name.h"
#include "files/disk_room.h"
#include "files/file_system.h"

namespace partsmith::storage {

/// A new file in incoming/ under a name that no other blob has. Removed with this object unless kept.
class IncomingFile {
 public:
  IncomingFile(Folder& root, BlobName name, std::unique_ptr<WritableFile> file);
  ~IncomingFile();
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  WritableFile& file() { return *file_; }
  const BlobName& name() const { return name_; }
  /// All bytes are written: gives the descriptor back.
  void close() { file_.reset(); }
  /// The file stays, because a row may name it.
  void keep() { kept_ = true; }

 private:
  Folder& root_;
  BlobName name_;
  std::unique_ptr<WritableFile> file_;
  bool kept_ = false;
};

class BlobFolder {
 public:
  /// `root` outlives this.
  BlobFolder(Folder& root, Durability durability, FillRandom random);

  /// Makes what is missing of the folders.
  std::expected<void, StoreError> prepare();

  const DiskRoom& room() const { return room_; }

  std::expected<std::unique_ptr<IncomingFile>, StoreError> create();
  /// To be called when the bytes are complete and before a row names them: what the durability asks for.
  std::expected<void, StoreError> sync(IncomingFile& file);
  /// Moves the file from incoming/ to blobs/. Succeeds when it is not in incoming/: moved, or removed
  /// meanwhile.
  std::expected<void, StoreError> publish(const BlobName& name);
  /// `damaged` when there is no such file.
  std::expected<std::unique_ptr<ReadableFile>, StoreError> open(const BlobName& name);
  /// How long the file is; nothing when there is none.
  std::optional<std::uint64_t> size(const BlobName& name);
  /// Succeeds when there is no such file.
  std::expected<void, StoreError> remove(const BlobName& name);
  /// What has been removed does not come back when the power fails, as far as the durability asks for it.
  std::expected<void, StoreError> settle_removed(std::span<const BlobName> names);
  std::expected<std::vector<std::string>, StoreError> incoming_names();

 private:
  std::expected<void, StoreError> sync_when_asked(std::string_view folder);

  Folder& root_;
  Durability durability_;
  FillRandom random_;
  DiskRoom room_;
};

}  // namespace partsmith::storage
