#include <fmt/format.h>

#include <cerrno>
#include <memory>

#include <partsmith/storage/fsck.h>

#include "files/file_system.h"
#include "fsck/checkup.h"
#include "fsck/fsck_queries.h"
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

void Checkup::tell_as(FsckKind kind, std::string what, bool repaired) {
  ++summary.problems;
  if (repaired) ++summary.repaired;
  options.tell({kind, std::move(what), repaired});
}

bool Checkup::still_there(ManifestId manifest) {
  if (present == nullptr) return true;
  sqlite::Session now(*present);
  const bool there = now.integer(storage::queries::manifest_exists, manifest).has_value();
  if (now.failed()) db.fail(*now.failure());
  return there;
}

bool Checkup::still_needed(const std::string& blob) {
  if (present == nullptr) return true;
  sqlite::Session now(*present);
  bool needed = false;
  {
    sqlite::Rows row = now.query(storage::queries::blob_by_name, blob);
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

constexpr const char* database_name = "partsmith.db";

template <typename... Values>
std::unexpected<std::string> refused(fmt::format_string<Values...> text, Values&&... values) {
  return std::unexpected(fmt::format(text, std::forward<Values>(values)...));
}

struct Claim {
  std::unique_ptr<FolderLock> lock{};  ///< none: a server has it, or the folder cannot be written
  bool frozen = false;                 ///< the file system cannot be written, by nobody
};

std::expected<Claim, std::string> claim(const FsckOptions& options) {
  const auto& folder = options.folder;
  auto files = system_files();
  if (auto database = files->open(folder / database_name); !database) {
    return refused("{} holds no store: {}", folder.string(), database.error().to_store_error().detail);
  }
  auto lock = files->lock(folder / "lock");
  if (lock) return Claim{.lock = std::move(*lock)};
  const int number = lock.error().number;
  if (options.repair) {
    if (number == EWOULDBLOCK) {
      return refused("{} is in use by another partsmith: --repair needs it to be ended", folder.string());
    }
    return refused("{} cannot be written: {}", folder.string(), lock.error().to_store_error().detail);
  }
  if (number == EWOULDBLOCK || number == EACCES) return Claim{};
  if (number == EROFS) return Claim{.frozen = true};
  return refused("{} cannot be read: {}", folder.string(), lock.error().to_store_error().detail);
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
  const auto claimed = claim(options);
  if (!claimed) return std::unexpected(claimed.error());
  const bool alone = claimed->lock != nullptr || claimed->frozen;
  auto connection = open_database(options, *claimed);
  if (!connection) return std::unexpected(connection.error());
  auto present = open_database(options, *claimed);
  if (!present) return std::unexpected(present.error());

  sqlite::Session db(*connection);
  fsck::Checkup checkup{.options = options, .db = db, .present = alone ? nullptr : &*present};
  checkup.summary.in_use = checkup.in_use();
  db.execute(options.repair ? queries::begin_write : queries::begin_read);
  fsck::check_database(checkup);
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
