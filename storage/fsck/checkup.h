#pragma once
/// What every check of fsck works with, and the checks in their order.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/storage/fsck.h>

#include "files/blob_folder.h"
#include "manifests.h"
#include "row_ids.h"
#include "sqlite/session.h"

namespace partsmith::storage::fsck {

struct Checkup {
  const FsckOptions& options;
  Folder& folder;
  BlobFolder& blobs;
  sqlite::Session& db;  ///< one snapshot; the transaction of the repairs
  /// The rows as they are now, when the store is in use: what a row of the snapshot promised may have gone.
  sqlite::Connection* present = nullptr;
  FsckSummary summary{};

  bool in_use() const { return present != nullptr; }
  void tell(FsckKind kind, const std::string& what) { tell_as(kind, what, false); }
  /// Of a kind that repair puts right.
  void tell_repairable(FsckKind kind, const std::string& what) { tell_as(kind, what, options.repair); }
  void tell_as(FsckKind kind, const std::string& what, bool repaired);

  bool still_there(ManifestId manifest);
  bool still_needed(const BlobName& blob);
  /// A size, offset or count of a row; tells (as `whose`) what is none, and takes it for 0.
  std::uint64_t size(const sqlite::Rows& rows, int column, std::string_view whose);
};

struct PartSlot {
  std::uint32_t number = 0;
  std::uint64_t revision = 0;
  std::optional<std::uint64_t> start;
  std::uint64_t size = 0;
  std::uint64_t covered = 0;  ///< by segments, so far
};

/// Everything that hangs on one manifest.
struct ManifestFacts {
  ManifestId id{};
  bool has_row = false;
  bool is_object = false;  ///< or a delete marker
  bool is_marker = false;
  bool is_upload = false;
  bool has_bucket = false;
  Release release = Release::none;
  std::string name;  ///< "object films/gopher.mp4"
  std::uint64_t size = 0;
  std::uint64_t part_count = 0;
  std::vector<PartSlot> parts;         ///< by number
  std::vector<std::uint64_t> surplus;  ///< revisions of the parts that are marked to be freed
};

/// SQLite's own look at its file.
void check_database(Checkup& checkup);
/// Buckets, and what they are configured with.
void check_buckets(Checkup& checkup);
/// Manifests with their objects, uploads, parts and segments; deep, their bytes.
void check_manifests(Checkup& checkup);
/// Blobs with their references and bytes, and the total of them.
void check_blobs(Checkup& checkup);
/// Files that no row names. After the repairs are committed.
void check_files(Checkup& checkup, sqlite::Connection& present);
/// The bytes of one object or upload.
void check_content(Checkup& checkup, const ManifestFacts& facts);

}  // namespace partsmith::storage::fsck
