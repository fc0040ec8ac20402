#include "engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <partsmith/values/random.h>

#include "blob_writer.h"
#include "files/database_files.h"
#include "recovery.h"
#include "sqlite/queries.h"
#include "sqlite/schema.h"
#include "staged_content.h"

namespace partsmith::storage {

using sqlite::Connection;
using sqlite::Session;

namespace {

/// A write as the writer thread sees it.
class TransactionJob final : public WriteJob {
 public:
  TransactionJob(Leases& leases, Quota& quota, LargeObject large, std::size_t rows_to_free,
                 const std::function<bool(WriteTransaction&)>& work, StagedContent* content)
      : leases_(leases),
        quota_(quota),
        large_(large),
        rows_to_free_(rows_to_free),
        work_(work),
        content_(content) {}

  bool perform(Session& db) override {
    WriteTransaction transaction{db, leases_, large_, rows_to_free_};
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
  std::vector<ManifestId> free_later;
  std::vector<ManifestId> surplus;

 private:
  void take(WriteTransaction& transaction) {
    freed = std::move(transaction.freed);
    mark_released = std::move(transaction.mark_released);
    free_later = std::move(transaction.free_later);
    surplus = std::move(transaction.surplus);
    ended_ = std::move(transaction.ended);
    added_bytes_ = transaction.added_bytes;
    starts_anew_ = transaction.starts_anew;
  }

  /// The failure of the session undoes the job.
  void count_bytes(Session& db) {
    db.execute(queries::change_total, added_bytes_);
    const auto total = db.integer(queries::total_bytes);
    if (!total || added_bytes_ < 0) return;
    if (auto admitted = quota_.admit(static_cast<std::uint64_t>(*total)); !admitted) {
      db.fail(std::move(admitted.error()));
    }
  }

  Leases& leases_;
  Quota& quota_;
  LargeObject large_;
  std::size_t rows_to_free_;
  const std::function<bool(WriteTransaction&)>& work_;
  StagedContent* content_;
  std::vector<ManifestId> ended_;
  std::int64_t added_bytes_ = 0;
  bool starts_anew_ = false;
};

std::string synchronous(Durability durability) {
  switch (durability) {
    case Durability::none:
      return "PRAGMA synchronous=OFF;";
    case Durability::process:
      return "PRAGMA synchronous=NORMAL;";
    case Durability::disk:
      return "PRAGMA synchronous=FULL;";
  }
  throw std::logic_error("a durability without a word of SQLite's");
}

/// Of the writer. Checkpoints makes its checkpoints as soon as the store is open. What undoes one job of a
/// transaction stays in memory, where `rows_freed_at_once` bounds it: SQLite would write what exceeds 64 KiB
/// to a file of its own. Pages that are given up needn't be zeroed, as Debian's SQLite does: files aren't.
constexpr const char* writer_pragmas =
    "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864; "
    "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF;";

bool is_new(const std::filesystem::path& database) {
  std::error_code unknown;
  return std::filesystem::file_size(database, unknown) == 0;
}

/// `at_first`: while the tables are made or changed.
std::expected<Connection, std::string> open_database(const std::filesystem::path& file, Durability at_first,
                                                     Durability durability, const std::string& vfs) {
  const auto refused = [&](const std::string& why) {
    return std::unexpected(fmt::format("{} {}", file.string(), why));
  };
  auto connection = Connection::open(file, Connection::Mode::write, vfs);
  if (!connection) return refused("cannot be opened: " + connection.error().detail);
  const auto set = [&](const std::string& settings) -> std::expected<void, std::string> {
    const auto done = connection->run(settings);
    if (done) return {};
    const bool damaged = done.error().code == StoreErrorCode::damaged;
    return refused((damaged ? "is damaged: " : "cannot be opened: ") + done.error().detail);
  };
  if (auto done = set(synchronous(at_first) + writer_pragmas); !done) return std::unexpected(done.error());
  if (connection->is_read_only()) return refused("cannot be written");
  if (auto prepared = sqlite::prepare_schema(*connection); !prepared) return refused(prepared.error());
  if (auto done = set(synchronous(durability)); !done) return std::unexpected(done.error());
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
  // With `process` a new database is made without a sync: nobody was promised anything yet, and a kill leaves
  // all of it or nothing. What a power failure could tear is whole after the first pass of Checkpoints.
  const bool unsynced = options.durability == Durability::process && is_new(folder / database_name);
  auto database = open_database(folder / database_name, unsynced ? Durability::none : options.durability,
                                options.durability, seams.vfs);
  if (!database) return std::unexpected(std::move(database.error()));
  const auto facts = claimed->folder->look(database_name);
  if (!facts) return std::unexpected(facts.error().to_store_error().detail);
  std::unique_ptr<Engine> engine(new Engine(std::move(options), std::move(seams), std::move(claimed->folder),
                                            std::move(claimed->lock), *facts, std::move(*database)));
  if (unsynced) engine->checkpoints_.pass_soon();
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
      quota_(options_.quota, [this] { catch_up(); }),
      checkpoints_(
          seams_.log, [this, database] { return open_for_checkpoints(database); },
          [this](const std::string& line) { log(line); }),
      writer_(checkpoints_.watch(std::move(writer)),
              {[this](Session& db) { delete_rows_of_removed_files(db); },
               [this](bool committed) { rows_deleted(committed); },
               [this] {
                 settle_removed_files();
                 const std::scoped_lock removed(removed_mutex_);
                 return removed_.size();
               },
               [this](Connection& connection) { keep_log_short(connection); }}),
      readers_(options_.folder / database_name, seams_.vfs,
               [this, database] { return check_still_named(*folder_, database); }),
      reclaimer_([this](ManifestId manifest) { return reclaim_step(manifest); },
                 [this](const std::string& line) { log(line); }) {}

std::expected<Connection, StoreError> Engine::open_for_checkpoints(const FileFacts& database) {
  auto connection = Connection::open(options_.folder / database_name, Connection::Mode::write, seams_.vfs);
  if (!connection) return connection;
  if (auto right = check_still_named(*folder_, database); !right) {
    return std::unexpected(std::move(right.error()));
  }
  auto set = connection->run(synchronous(options_.durability));
  if (!set) return std::unexpected(std::move(set.error()));
  // A connection finds out with its first look that there is a log.
  Session session(*connection);
  session.integer(queries::total_bytes);
  if (session.failed()) return std::unexpected(*session.failure());
  return connection;
}

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
  ToReclaim to_reclaim;
  auto failure = transact(work, content, seams_.rows_freed_at_once, to_reclaim);
  reclaim_all(std::move(to_reclaim));
  return failure;
}

/// One transaction and its consequences, but for the manifests of which more is to be freed.
std::optional<StoreError> Engine::transact(const std::function<bool(WriteTransaction&)>& work,
                                           StagedContent* content, std::size_t rows_to_free,
                                           ToReclaim& to_reclaim) {
  TransactionJob job(leases_, quota_, seams_.large_object, rows_to_free, work, content);
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
  const auto take_unread = [&](const std::vector<ManifestId>& manifests, std::vector<ManifestId>& into) {
    for (const ManifestId manifest : manifests) {
      if (leases_.mark_released(manifest)) into.push_back(manifest);
    }
  };
  take_unread(job.mark_released, to_reclaim.now);
  take_unread(job.free_later, to_reclaim.later);
  to_reclaim.now.insert(to_reclaim.now.end(), job.surplus.begin(), job.surplus.end());
  return std::nullopt;
}

void Engine::keep_log_short(Connection& connection) {
  if (!blobs_.room().check(wanted_room_.exchange(0))) return checkpoints_.truncate(connection);
  checkpoints_.begin_anew_when_long(connection);
}

Result<void> Engine::require_room(std::uint64_t bytes) {
  if (blobs_.room().check(bytes)) return {};
  catch_up();
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

}  // namespace partsmith::storage
