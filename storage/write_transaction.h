#pragma once
/// What one write does beside its rows: what must follow when it is committed.

#include <cstddef>
#include <optional>
#include <vector>

#include "files/blob_name.h"
#include "leases.h"
#include "reclaimer.h"
#include "row_ids.h"
#include "sqlite/session.h"

namespace partsmith::storage {

/// A blob that no row needs any more; its row waits with refs = 0 until its file is gone.
struct FreedFile {
  BlobId blob;
  std::optional<BlobName>
      name;  ///< nothing: the row names no file of the store's, so there is none to remove
};

struct WriteTransaction {
  sqlite::Session& db;
  Leases& leases;
  LargeObject large_object;
  /// How many more segments and parts may be freed here; the rest has transactions of its own, so that other
  /// writers need not wait for all of them.
  std::size_t rows_to_free;
  std::int64_t added_bytes = 0;         ///< of blobs made, less those freed
  std::vector<FreedFile> freed{};       ///< to be removed
  std::vector<ManifestId> ended{};      ///< rows deleted, or some of them; Leases::resolve()
  std::vector<ManifestId> mark_released{};  ///< marked as released; Leases::mark_released()
  std::vector<ManifestId> free_later{};     ///< the same, to be freed after the answer
  bool starts_anew = false;             ///< all rows were replaced; Leases::start_anew()
  std::vector<ManifestId> surplus{};    ///< in use, and marked as having parts to free
};

}  // namespace partsmith::storage
