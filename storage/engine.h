#pragma once
/// What every operation of the local store works with: the folder, the database's readers and its writer, the
/// leases.
///
/// The protocol of a write, which all invariants of the store rest on:
///  1. The bytes are complete in incoming/ (and synced, when durability asks for it).
///  2. One transaction names them in rows, and drops what is replaced; COMMIT.
///  3. The new file moves to blobs/; files without references are removed; only then the caller is answered.
///     A large object that is deleted or replaced is only marked, and freed after the answer (reclaimer.h).
/// A crash before 2 leaves a file without a row, a crash after it a file in incoming/ with a row, or a row
/// with refs = 0: all of them are found at the next start without looking at anything else (recovery.h).

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <partsmith/storage/local_store.h>
#include <partsmith/storage/store.h>

#include "checkpoints.h"
#include "files/blob_folder.h"
#include "files/file_system.h"
#include "leases.h"
#include "quota.h"
#include "read_pool.h"
#include "reclaimer.h"
#include "row_ids.h"
#include "rows.h"
#include "write_transaction.h"
#include "writer_thread.h"

namespace partsmith::storage {

class StagedContent;

/// What a test puts in the place of the system.
struct Seams {
  std::shared_ptr<FileSystem> files;
  FillRandom random;
  std::string vfs{};                      ///< the name of SQLite's; empty: the system's
  std::size_t rows_freed_at_once = 1000;  ///< segments and parts, by one transaction
  LogLimits log{};
  LargeObject large_object{};
};
Seams system_seams();

class Engine {
 public:
  /// Locks, makes or opens, and recovers the folder. The error is one line for a person.
  static std::expected<std::unique_ptr<Engine>, std::string> open(LocalStoreOptions options, Seams seams);

  /// Runs `work(Session&)`, which returns a Result, on one snapshot of the database.
  template <typename Work>
  auto read(Work&& work) -> std::invoke_result_t<Work&, sqlite::Session&>;

  /// Runs `work(WriteTransaction&)`, which returns a Result, in the writer thread, and returns when it is
  /// committed and its consequences are done. An error of `work` undoes it. `content` is published with the
  /// commit.
  template <typename Work>
  auto write(Work&& work, StagedContent* content = nullptr) -> std::invoke_result_t<Work&, WriteTransaction&>;

  BlobFolder& blobs() { return blobs_; }
  Leases& leases() { return leases_; }
  Quota& quota() { return quota_; }
  TimePoint now() const { return options_.clock->now(); }
  const FillRandom& random() const { return seams_.random; }
  void log(const std::string& line) const { options_.log(line); }

  /// To be asked before something is stored: out_of_space when the disk has no room for it.
  Result<void> require_room(std::uint64_t bytes);
  /// A reader has ended its hold of the object; the last one frees a manifest that was set aside for it.
  void release(std::uint64_t opening, const ObjectRow& object);
  /// Frees what is marked to be freed of these manifests, but for those that somebody holds; in as many
  /// transactions as it takes.
  void reclaim(std::vector<ManifestId> manifests);
  /// Removes the files of blobs that are committed with refs = 0; their rows go with a later transaction.
  void remove_files(const std::vector<FreedFile>& files);
  /// Returns when everything is free that was given up before.
  void catch_up() { reclaimer_.catch_up(); }

 private:
  Engine(LocalStoreOptions options, Seams seams, std::unique_ptr<Folder> folder,
         std::unique_ptr<FolderLock> lock, const FileFacts& database, sqlite::Connection writer);

  std::optional<StoreError> run_read(const std::function<void(sqlite::Session&)>& work);
  std::optional<StoreError> run_write(const std::function<bool(WriteTransaction&)>& work,
                                      StagedContent* content);
  /// Manifests that are committed as to be freed, and that nobody reads.
  struct ToReclaim {
    std::vector<ManifestId> now;
    std::vector<ManifestId> later;  ///< after the answer
  };
  std::optional<StoreError> transact(const std::function<bool(WriteTransaction&)>& work,
                                     StagedContent* content, std::size_t rows_to_free, ToReclaim& to_reclaim);
  void reclaim_all(ToReclaim manifests);
  /// One transaction of it, which takes out what it has freed; false when it failed.
  bool reclaim_some(std::vector<ManifestId>& manifests, std::size_t rows);
  /// One transaction of what is freed after the answer; true when more is left.
  bool reclaim_step(ManifestId manifest);
  bool fits_into_free_pages(std::uint64_t bytes);
  void settle_removed_files();
  void delete_rows_of_removed_files(sqlite::Session& db);
  void rows_deleted(bool committed);
  void keep_log_short(sqlite::Connection& connection);
  std::expected<sqlite::Connection, StoreError> open_for_checkpoints(const FileFacts& database);

  LocalStoreOptions options_;
  Seams seams_;
  std::unique_ptr<Folder> folder_;
  std::unique_ptr<FolderLock> lock_;
  BlobFolder blobs_;
  Leases leases_;
  Quota quota_;
  std::atomic<std::uint64_t> wanted_room_ = 0;  ///< by a write that found too little
  std::mutex removed_mutex_;
  std::vector<FreedFile> unsettled_;       // removed, but a power failure could bring them back
  std::vector<BlobId> removed_;            // rows to delete: their files have gone
  std::vector<BlobId> removed_in_flight_;  // the same, in the transaction that runs
  // From here on the order is that of use: each outlives those below. The last connection that may write is
  // closed last, and leaves no log behind.
  Checkpoints checkpoints_;
  WriterThread writer_;
  ReadPool readers_;
  Reclaimer reclaimer_;
};

template <typename Work>
auto Engine::read(Work&& work) -> std::invoke_result_t<Work&, sqlite::Session&> {
  using Answer = std::invoke_result_t<Work&, sqlite::Session&>;
  std::optional<Answer> answer;
  auto failure = run_read([&](sqlite::Session& db) { answer.emplace(work(db)); });
  if (failure) return Answer(std::unexpect, std::move(*failure));
  return std::move(*answer);
}

template <typename Work>
auto Engine::write(Work&& work, StagedContent* content) -> std::invoke_result_t<Work&, WriteTransaction&> {
  using Answer = std::invoke_result_t<Work&, WriteTransaction&>;
  std::optional<Answer> answer;
  auto failure = run_write(
      [&](WriteTransaction& transaction) {
        answer.emplace(work(transaction));
        return answer->has_value();
      },
      content);
  if (failure) return Answer(std::unexpect, std::move(*failure));
  return std::move(*answer);
}

}  // namespace partsmith::storage
