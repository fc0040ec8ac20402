#pragma once
/// The one thread that writes to the database. It gathers the jobs that wait into one transaction (group
/// commit), each inside a savepoint, so that a job that is refused is undone alone. A job's answer is given
/// after the COMMIT.

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <partsmith/storage/error.h>

#include "sqlite/connection.h"
#include "sqlite/session.h"

namespace partsmith::storage {

/// One caller's write. Its members run in the writer thread while the caller waits in run().
class WriteJob {
 public:
  enum class Fate {
    waiting,
    refused,    ///< by itself, or with an exception: undone
    failed,     ///< by the database: undone
    uncertain,  ///< the COMMIT failed in a way that a crash might still turn into success
    committed,
  };

  virtual ~WriteJob() = default;
  /// False: refused. An exception refuses too, and reaches the caller.
  virtual bool perform(sqlite::Session& db) = 0;
  /// Told once, as soon as it is known, with any fate but `waiting`.
  virtual void settled(Fate fate) noexcept = 0;

  Fate fate() const { return fate_; }
  const StoreError& failure() const { return *failure_; }  ///< when failed or uncertain
  std::exception_ptr exception() const { return exception_; }

 private:
  friend class WriterThread;
  Fate fate_ = Fate::waiting;
  std::optional<StoreError> failure_;
  std::exception_ptr exception_;
  bool answered_ = false;  // guarded by the thread's mutex
  std::condition_variable answer_;
};

class WriterThread {
 public:
  /// Work that nobody waits for, done at the beginning of a transaction that happens anyway.
  struct Housekeeping {
    std::function<void(sqlite::Session&)> perform;
    std::function<void(bool committed)> settled;  ///< must not throw
    /// How much is left to do: at the end it is done as long as it becomes less.
    std::function<std::size_t()> left = [] { return std::size_t{0}; };
    /// Called before each transaction.
    std::function<void(sqlite::Connection&)> prepare = [](sqlite::Connection&) {};
  };

  WriterThread(sqlite::Connection connection, Housekeeping housekeeping);
  /// Does what still waits, and the rest of the housekeeping.
  ~WriterThread();
  WriterThread(const WriterThread&) = delete;
  WriterThread& operator=(const WriterThread&) = delete;

  /// Returns when the job's fate is known. Never from within a job.
  void run(WriteJob& job);
  /// How many jobs wait for the next transaction.
  std::size_t waiting() const;

 private:
  using Jobs = std::vector<WriteJob*>;
  void loop();
  void transact(const Jobs& jobs);
  void finish_housekeeping();
  void perform(WriteJob& job);
  bool keep_house();
  bool displace_failed_commit();
  std::optional<StoreError> step(const sqlite::Query& query);
  void finish(WriteJob& job, WriteJob::Fate fate, std::optional<StoreError> failure = {});
  void answer(const Jobs& jobs);

  sqlite::Connection connection_;
  Housekeeping housekeeping_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Jobs waiting_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace partsmith::storage
