#include <fmt/format.h>

#include <cerrno>
#include <memory>

#include <partsmith/storage/fsck.h>
#include <partsmith/values/random.h>

#include "files/database_files.h"
#include "files/file_system.h"
#include "fsck/checkup.h"
#include "fsck/fsck_queries.h"
#include "one_line.h"
#include "sqlite/queries.h"
#include "sqlite/schema.h"

namespace partsmith::storage {

std::string_view to_string(FsckKind kind) {
  switch (kind) {
    case FsckKind::database:
      return "database";
    case FsckKind::rows:
      return "rows";
    case FsckKind::unreferenced:
      return "unreferenced";
    case FsckKind::references:
      return "references";
    case FsckKind::unused_blob:
      return "unused-blob";
    case FsckKind::missing_bytes:
      return "missing-bytes";
    case FsckKind::orphan_file:
      return "orphan-file";
    case FsckKind::total:
      return "total";
    case FsckKind::content:
      return "content";
  }
  return "unknown";
}

namespace fsck {

void Checkup::tell_as(FsckKind kind, const std::string& what, bool repaired) {
  ++summary.problems;
  if (repaired) ++summary.repaired;
  options.tell({kind, one_line(what), repaired});
}

bool Checkup::still_there(ManifestId manifest) {
  if (present == nullptr) return true;
  sqlite::Session now(*present);
  const bool there = now.integer(storage::queries::manifest_exists, manifest).has_value();
  if (now.failed()) db.fail(*now.failure());
  return there;
}

std::uint64_t Checkup::size(const sqlite::Rows& rows, int column, std::string_view whose) {
  const std::int64_t value = rows.integer(column);
  if (value >= 0 && value <= sqlite::Rows::max_size) return static_cast<std::uint64_t>(value);
  tell(FsckKind::rows, fmt::format("{}: {} is no size, offset or count", whose, value));
  return 0;
}

bool Checkup::still_needed(const BlobName& blob) {
  if (present == nullptr) return true;
  sqlite::Session now(*present);
  bool needed = false;
  {
    sqlite::Rows row = now.query(storage::queries::blob_by_name, blob.text());
    while (row.next()) needed = row.integer(1) > 0;
  }
  if (now.failed()) db.fail(*now.failure());
  return needed;
}

void check_database(Checkup& checkup) {
  sqlite::Rows rows =
      checkup.db.query(checkup.options.deep ? queries::integrity_check : queries::quick_check);
  while (rows.next()) {
    if (rows.text(0) != "ok") checkup.tell(FsckKind::database, std::string(rows.text(0)));
  }
}

}  // namespace fsck

namespace {

using sqlite::Connection;

template <typename... Values>
std::unexpected<std::string> refused(fmt::format_string<Values...> text, Values&&... values) {
  return std::unexpected(fmt::format(text, std::forward<Values>(values)...));
}

struct Claim {
  std::unique_ptr<Folder> folder{};
  std::unique_ptr<FolderLock> lock{};  ///< none: a server has it, or the folder cannot be written
  bool frozen = false;                 ///< the file system cannot be written, by nobody
};

/// The folder, if a store is in it: whatever of it is not to be followed is refused.
std::expected<std::unique_ptr<Folder>, std::string> find_store(const std::filesystem::path& path) {
  const auto no_store = [&](const FileError& error) {
    return refused("{} holds no store: {}", path.string(), error.to_store_error().detail);
  };
  auto folder = system_files()->open_folder(path);
  if (!folder) return no_store(folder.error());
  if (auto database = (*folder)->look(database_name); !database) return no_store(database.error());
  if (auto plain = check_database_files(**folder); !plain) return std::unexpected(plain.error());
  for (const char* name : {"blobs", "incoming"}) {
    const auto facts = (*folder)->look(name);
    if (facts && facts->kind != FileFacts::Kind::folder) {
      return refused("{} is no folder: links are not followed", (path / name).string());
    }
  }
  return std::move(*folder);
}

std::expected<Claim, std::string> claim(const FsckOptions& options) {
  const auto& path = options.folder;
  auto folder = find_store(path);
  if (!folder) return std::unexpected(folder.error());
  auto lock = (*folder)->lock();
  if (lock) return Claim{.folder = std::move(*folder), .lock = std::move(*lock)};
  const int number = lock.error().number;
  if (options.repair) {
    if (number == EWOULDBLOCK) {
      return refused("{} is in use by another partsmith: --repair needs it to be ended", path.string());
    }
    return refused("{} cannot be written: {}", path.string(), lock.error().to_store_error().detail);
  }
  if (number == EWOULDBLOCK || number == EACCES) return Claim{.folder = std::move(*folder)};
  if (number == EROFS) return Claim{.folder = std::move(*folder), .frozen = true};
  return refused("{} cannot be read: {}", path.string(), lock.error().to_store_error().detail);
}

/// Only who may write can read what a killed server has left in the log, or finds the index of the log as it
/// left it.
Connection::Mode mode_of(const Claim& claim, const std::filesystem::path& database) {
  if (claim.lock) return Connection::Mode::write;
  std::error_code error;
  const bool has_log = std::filesystem::exists(database.string() + "-wal", error);
  return claim.frozen && !has_log ? Connection::Mode::frozen : Connection::Mode::read;
}

std::expected<Connection, std::string> open_database(const FsckOptions& options, const Claim& claim) {
  const auto file = options.folder / database_name;
  auto connection = Connection::open(file, mode_of(claim, file));
  if (!connection) return refused("{} cannot be opened: {}", file.string(), connection.error().detail);
  const auto prepared =
      options.repair ? sqlite::prepare_schema(*connection) : sqlite::check_schema(*connection);
  if (!prepared) return refused("{} {}", file.string(), prepared.error());
  return std::move(*connection);
}

}  // namespace

std::expected<FsckSummary, std::string> fsck_local_store(const FsckOptions& options) {
  auto claimed = claim(options);
  if (!claimed) return std::unexpected(claimed.error());
  const bool alone = claimed->lock != nullptr || claimed->frozen;
  auto connection = open_database(options, *claimed);
  if (!connection) return std::unexpected(connection.error());
  auto present = open_database(options, *claimed);
  if (!present) return std::unexpected(present.error());

  sqlite::Session db(*connection);
  Folder& folder = *claimed->folder;
  BlobFolder blobs(folder, Durability::process, [](std::span<std::uint8_t> bytes) { fill_random(bytes); });
  fsck::Checkup checkup{
      .options = options, .folder = folder, .blobs = blobs, .db = db, .present = alone ? nullptr : &*present};
  checkup.summary.in_use = checkup.in_use();
  db.execute(options.repair ? queries::begin_write : queries::begin_read);
  fsck::check_database(checkup);
  if (checkup.summary.problems > 0) {  // no table can be relied on, nor repaired by what another says
    db.execute(queries::rollback);
    return checkup.summary;
  }
  fsck::check_buckets(checkup);
  fsck::check_manifests(checkup);
  fsck::check_blobs(checkup);
  if (!db.failed()) db.execute(queries::commit);
  if (!db.failed()) fsck::check_files(checkup, *present);
  if (db.failed()) {
    return refused("{} cannot be {}: {}", options.folder.string(), options.repair ? "repaired" : "read",
                   db.failure()->detail);
  }
  return checkup.summary;
}

}  // namespace partsmith::storage
