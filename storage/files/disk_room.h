#pragma once
/// The room that a disk has left, of which some is kept for the database: on a disk that is full to its last
/// byte nothing could be deleted, for that is written, too.

#include <cstdint>
#include <expected>

#include <partsmith/storage/error.h>

#include "files/file_system.h"

namespace partsmith::storage {

class DiskRoom {
 public:
  explicit DiskRoom(Folder& folder) : folder_(folder) {}

  /// Asked before something is stored: out_of_space when so many bytes more would take what is kept.
  std::expected<void, StoreError> check(std::uint64_t more) const;

 private:
  Folder& folder_;
};

}  // namespace partsmith::storage
