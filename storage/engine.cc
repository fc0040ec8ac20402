#include "engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include <partsmith/values/random.h>

#include "blob_writer.h"
#include "files/database_files.h"
#include "manifests.h"
#include "recovery.h"
#include "sqlite/queries.h"
#include "sqlite/schema.h"
#include "staged_content.h"

namespace partsmith::storage {

using sqlite::Connection;
using sqlite::Session;

namespace {

constexpr std::size_t rows_deleted_at_once = 1024;
// With `disk`: so many removed files share the syncs of their folders.
constexpr std::size_t files_settled_at_once = 256;

/// A write as the writer thread sees it.
class TransactionJob final : public WriteJob {
 public:
  TransactionJob(Leases& leases, Quota& quota, std::size_t rows_to_free,
                 const std::function<bool(WriteTransaction&)>& work, StagedContent* content)
      : leases_(leases), quota_(quota), rows_to_free_(rows_to_free), work_(work), content_(content) {}

  bool perform(Session& db) override {
    WriteTransaction transaction{db, leases_, rows_to_free_};
    // Whatever work_ does, settled() must hear of the manifests that it ended.
    try {
      const bool accepted = work_(transaction);
      take(transaction);
      if (accepted && added_bytes_ != 0) count_bytes(db);
      return accepted;
    } catch (...) {
      take(transaction);
      throw;
    }
  }

  void settled(Fate fate) noexcept override {
    leases_.resolve(ended_, fate == Fate::committed);
    if (fate != Fate::committed) return;
    if (starts_anew_) leases_.start_anew();
    if (content_ != nullptr) content_->counted();
    quota_.add_stored(added_bytes_);
  }

  std::vector<FreedFile> freed;
  std::vector<ManifestId> mark_released;
  std::vector<ManifestId> surplus;

 private:
  void take(WriteTransaction& transaction) {
    freed = std::move(transaction.freed);
    mark_released = std::move(transaction.mark_released);
    surplus = std::move(transaction.surplus);
    ended_ = std::move(transaction.ended);
    added_bytes_ = transaction.added_bytes;
    starts_anew_ = transaction.starts_anew;
  }

  /// The failure of the session undoes the job.
  void count_bytes(Session& db) {
    const auto total = db.integer(queries::change_total, added_bytes_);
    if (!total || added_bytes_ < 0) return;
    if (auto admitted = quota_.admit(static_cast<std::uint64_t>(*total)); !admitted) {
      db.fail(std::move(admitted.error()));
    }
  }

  Leases& leases_;
  Quota& quota_;
  std::size_t rows_to_free_;
  const std::function<bool(WriteTransaction&)>& work_;
  StagedContent* content_;
  std::vector<ManifestId> ended_;
  std::int64_t added_bytes_ = 0;
  bool starts_anew_ = false;
};

std::string pragmas(Durability durability) {
  // A checkpoint syncs the database in either mode; making it rarer makes writes quicker.
  return fmt::format(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous={}; PRAGMA wal_autocheckpoint=4000; "
      "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384;",
      durability == Durability::disk ? "FULL" : "NORMAL");
}

std::expected<Connection, std::string> open_database(const std::filesystem::path& file, Durability durability,
                                                     const std::string& vfs) {
  const auto refused = [&](const std::string& why) {
    return std::unexpected(fmt::format("{} {}", file.string(), why));
  };
  auto connection = Connection::open(file, Connection::Mode::write, vfs);
  if (!connection) return refused("cannot be opened: " + connection.error().detail);
  if (auto set = connection->run(pragmas(durability)); !set) {
    const bool damaged = set.error().code == StoreErrorCode::damaged;
    return refused((damaged ? "is damaged: " : "cannot be opened: ") + set.error().detail);
  }
  if (connection->is_read_only()) return refused("cannot be written");
  if (auto prepared = sqlite::prepare_schema(*connection); !prepared) return refused(prepared.error());
  return std::move(*connection);
}

/// A new database would not know of blobs that are there, and they would stay for ever.
std::expected<void, std::string> refuse_blobs_without_database(Folder& folder) {
  const auto database = folder.look(database_name);
  if (database || database.error().number != ENOENT) return {};
  const auto folders = folder.list("blobs");
  if (!folders) return {};
  for (const std::string& name : *folders) {
    const auto blobs = folder.list("blobs/" + name);
    if (!blobs || !blobs->empty()) {
      return std::unexpected(fmt::format("{} holds blobs but no {}", folder.path().string(), database_name));
    }
  }
  return {};
}

/// The folders whose entries change when this one is made.
std::vector<std::filesystem::path> parents_of_missing(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> parents;
  std::error_code error;
  for (auto path = std::filesystem::absolute(folder, error); !std::filesystem::exists(path, error);) {
    path = path.parent_path();
    if (parents.empty() || parents.back() != path) parents.push_back(path);
    if (path == path.root_path()) break;
  }
  return parents;
}

struct Claim {
  std::unique_ptr<Folder> folder;
  std::unique_ptr<FolderLock> lock;
};

std::expected<Claim, std::string> claim(FileSystem& files, const std::filesystem::path& path,
                                        Durability durability) {
  const auto refused = [&](std::string_view how, const FileError& error) {
    return std::unexpected(
        fmt::format("{} cannot {}: {}", path.string(), how, error.to_store_error().detail));
  };
  const auto parents = parents_of_missing(path);
  if (auto made = files.make_folder(path); !made) return refused("be a data folder", made.error());
  for (const auto& parent : parents) {
    if (durability != Durability::disk) break;
    if (auto synced = files.sync_folder(parent); !synced) return refused("be made to last", synced.error());
  }
  auto folder = files.open_folder(path);
  if (!folder) return refused("be a data folder", folder.error());
  auto lock = (*folder)->lock();
  if (lock) return Claim{std::move(*folder), std::move(*lock)};
  if (lock.error().number == EWOULDBLOCK) {
    return std::unexpected(fmt::format("{} is in use by another partsmith", path.string()));
  }
  return refused("be written", lock.error());
}

}  // namespace

Seams system_seams() {
  return {system_files(), [](std::span<std::uint8_t> bytes) { fill_random(bytes); }, {}};
}

std::expected<std::unique_ptr<Engine>, std::string> Engine::open(LocalStoreOptions options, Seams seams) {
  const std::filesystem::path folder = options.folder;
  auto claimed = claim(*seams.files, folder, options.durability);
  if (!claimed) return std::unexpected(std::move(claimed.error()));
  if (auto whole = refuse_blobs_without_database(*claimed->folder); !whole) {
    return std::unexpected(std::move(whole.error()));
  }
  if (auto prepared = prepare_database_files(*claimed->folder); !prepared) {
    return std::unexpected(std::move(prepared.error()));
  }
  auto database = open_database(folder / database_name, options.durability, seams.vfs);
  if (!database) return std::unexpected(std::move(database.error()));
  const auto facts = claimed->folder->look(database_name);
  if (!facts) return std::unexpected(facts.error().to_store_error().detail);
  std::unique_ptr<Engine> engine(new Engine(std::move(options), std::move(seams), std::move(claimed->folder),
                                            std::move(claimed->lock), *facts, std::move(*database)));
  if (auto made = engine->blobs_.prepare(); !made) {
    return std::unexpected(fmt::format("{} cannot be written: {}", folder.string(), made.error().detail));
  }
  const auto stored = engine->read(
      [](Session& db) -> Result<std::int64_t> { return db.integer(queries::total_bytes).value_or(0); });
  if (!stored) {
    return std::unexpected(fmt::format("{} cannot be read: {}", folder.string(), stored.error().detail));
  }
  engine->quota_.add_stored(*stored);
  if (auto recovered = recover(*engine); !recovered) {
    return std::unexpected(
        fmt::format("{} cannot be recovered: {}", folder.string(), recovered.error().detail));
  }
  return engine;
}

Engine::Engine(LocalStoreOptions options, Seams seams, std::unique_ptr<Folder> folder,
               std::unique_ptr<FolderLock> lock, const FileFacts& database, Connection writer)
    : options_(std::move(options)),
      seams_(std::move(seams)),
      folder_(std::move(folder)),
      lock_(std::move(lock)),
      blobs_(*folder_, options_.durability, seams_.random),
      quota_(options_.quota),
      writer_(std::move(writer), {[this](Session& db) { delete_rows_of_removed_files(db); },
                                  [this](bool committed) { rows_deleted(committed); },
                                  [this] {
                                    settle_removed_files();
                                    const std::scoped_lock removed(removed_mutex_);
                                    return removed_.size();
                                  },
                                  [this](Connection& connection) { shorten_log_of_full_disk(connection); }}),
      readers_(options_.folder / database_name, seams_.vfs,
               [this, database] { return check_still_named(*folder_, database); }) {}

std::optional<StoreError> Engine::run_read(const std::function<void(Session&)>& work) {
  auto connection = readers_.take();
  if (!connection) return std::move(connection.error());
  Session session(**connection);
  session.execute(queries::begin_read);
  if (session.failed()) return session.failure();
  struct EndSnapshot {
    Connection& connection;
    ~EndSnapshot() {
      Session end(connection);
      end.execute(queries::rollback);  // nothing was written; a failure has ended the snapshot already
    }
  } end_snapshot{**connection};
  work(session);
  return session.failure();
}

std::optional<StoreError> Engine::run_write(const std::function<bool(WriteTransaction&)>& work,
                                            StagedContent* content) {
  std::vector<ManifestId> to_reclaim;
  auto failure = transact(work, content, to_reclaim);
  reclaim(std::move(to_reclaim));
  return failure;
}

/// One transaction and its consequences, but for the manifests of which more is to be freed.
std::optional<StoreError> Engine::transact(const std::function<bool(WriteTransaction&)>& work,
                                           StagedContent* content, std::vector<ManifestId>& to_reclaim) {
  TransactionJob job(leases_, quota_, seams_.rows_freed_at_once, work, content);
  writer_.run(job);
  if (job.exception()) std::rethrow_exception(job.exception());
  switch (job.fate()) {
    case WriteJob::Fate::refused:
      return std::nullopt;  // the work's own answer says why
    case WriteJob::Fate::failed:
      return job.failure();
    case WriteJob::Fate::uncertain:
      if (content != nullptr) content->keep();
      return job.failure();
    default:
      break;
  }
  if (content != nullptr) content->publish(*this);
  remove_files(job.freed);
  for (const ManifestId manifest : job.mark_released) {
    if (leases_.mark_released(manifest)) to_reclaim.push_back(manifest);
  }
  to_reclaim.insert(to_reclaim.end(), job.surplus.begin(), job.surplus.end());
  return std::nullopt;
}

void Engine::release(std::uint64_t opening, ManifestId manifest) {
  if (leases_.drop(opening, manifest)) reclaim({manifest});
}

void Engine::reclaim(std::vector<ManifestId> manifests) {
  while (!manifests.empty()) {
    std::size_t left = 0;
    std::vector<ManifestId> unfinished;
    const auto work = [&](WriteTransaction& transaction) {
      for (left = manifests.size(); left > 0 && transaction.rows_to_free > 0; --left) {
        free_released(transaction, manifests[left - 1]);
      }
      return true;
    };
    if (const auto failure = transact(work, nullptr, unfinished)) {
      log("bytes that are no longer needed are kept until the next start: " + failure->detail);
      return;
    }
    manifests.resize(left);
    manifests.insert(manifests.end(), unfinished.begin(), unfinished.end());
  }
}

void Engine::remove_files(const std::vector<FreedFile>& files) {
  std::vector<FreedFile> removed;
  for (const FreedFile& file : files) {
    const auto gone = file.name ? blobs_.remove(*file.name) : std::expected<void, StoreError>();
    if (gone) {
      removed.push_back(file);
    } else {
      log("a file that is no longer needed is kept until the next start: " + gone.error().detail);
    }
  }
  const std::size_t enough = options_.durability == Durability::disk ? files_settled_at_once : 1;
  {
    const std::scoped_lock lock(removed_mutex_);
    unsettled_.insert(unsettled_.end(), removed.begin(), removed.end());
    if (unsettled_.size() < enough) return;
  }
  settle_removed_files();
}

/// A row may go when its file cannot come back: nobody would know that file.
void Engine::settle_removed_files() {
  std::vector<FreedFile> files;
  {
    const std::scoped_lock lock(removed_mutex_);
    files.swap(unsettled_);
  }
  std::vector<BlobName> names;
  for (const FreedFile& file : files) {
    if (file.name) names.push_back(*file.name);
  }
  const auto settled = blobs_.settle_removed(names);
  if (!settled) log("rows of removed files are kept for now: " + settled.error().detail);
  const std::scoped_lock lock(removed_mutex_);
  for (FreedFile& file : files) {
    if (settled) {
      removed_.push_back(file.blob);
    } else {
      unsettled_.push_back(std::move(file));
    }
  }
}

void Engine::delete_rows_of_removed_files(Session& db) {
  {
    const std::scoped_lock lock(removed_mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(removed_.size(), rows_deleted_at_once));
    removed_in_flight_.assign(removed_.end() - count, removed_.end());
    removed_.erase(removed_.end() - count, removed_.end());
  }
  for (const BlobId blob : removed_in_flight_) db.execute(queries::delete_blob, blob);
}

void Engine::shorten_log_of_full_disk(Connection& connection) {
  if (blobs_.room().check(wanted_room_.exchange(0))) return;
  // Not done while somebody reads an older state, or when the database has no room to grow: the write that
  // follows will tell. Nobody waits for either.
  static_cast<void>(connection.run("PRAGMA busy_timeout=0"));
  static_cast<void>(connection.run("PRAGMA wal_checkpoint(TRUNCATE)"));
  static_cast<void>(connection.run(fmt::format("PRAGMA busy_timeout={}", Connection::busy_milliseconds)));
}

Result<void> Engine::require_room(std::uint64_t bytes) {
  if (blobs_.room().check(bytes)) return {};
  // A transaction begins by making the log shorter where that gives the room that is wanted.
  wanted_room_ = bytes;
  auto shortened = write([](WriteTransaction&) -> Result<void> { return {}; });
  if (!shortened) return shortened;
  auto room = blobs_.room().check(bytes);
  if (room || !fits_into_free_pages(bytes)) return room;
  return blobs_.room().check(0);
}

/// A small blob takes pages of the database that others have left: the file need not grow.
bool Engine::fits_into_free_pages(std::uint64_t bytes) {
  constexpr std::uint64_t for_rows = 64 * limits::kib;
  if (bytes > LocalBlobWriter::inline_limit) return false;
  const auto free = read([](Session& db) -> Result<std::int64_t> {
    return db.integer(queries::free_pages).value_or(0) * db.integer(queries::page_size).value_or(0);
  });
  return free && static_cast<std::uint64_t>(*free) >= bytes + for_rows;
}

void Engine::rows_deleted(bool committed) {
  if (committed) return;
  const std::scoped_lock lock(removed_mutex_);
  removed_.insert(removed_.end(), removed_in_flight_.begin(), removed_in_flight_.end());
}

}  // namespace partsmith::storage
