#include "writer_thread.h"

#include <sqlite3.h>

#include <utility>

#include "sqlite/queries.h"

namespace partsmith::storage {

using sqlite::Session;

WriterThread::WriterThread(sqlite::Connection connection, Housekeeping housekeeping)
    : connection_(std::move(connection)),
      housekeeping_(std::move(housekeeping)),
      thread_([this] { loop(); }) {}

WriterThread::~WriterThread() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void WriterThread::run(WriteJob& job) {
  std::unique_lock lock(mutex_);
  waiting_.push_back(&job);
  wake_.notify_one();
  job.answer_.wait(lock, [&] { return job.answered_; });
}

std::size_t WriterThread::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

void WriterThread::loop() {
  for (;;) {
    Jobs jobs;
    bool last = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      jobs.swap(waiting_);
      last = stopping_ && jobs.empty();
    }
    transact(jobs);
    answer(jobs);
    if (last) return finish_housekeeping();
  }
}

void WriterThread::finish_housekeeping() {
  for (std::size_t left = housekeeping_.left(); left > 0;) {
    transact({});
    const std::size_t now = housekeeping_.left();
    if (now >= left) return;  // it fails: the next start does it
    left = now;
  }
}

void WriterThread::transact(const Jobs& jobs) {
  housekeeping_.prepare(connection_);
  if (auto failure = step(queries::begin_write)) {
    for (WriteJob* job : jobs) finish(*job, WriteJob::Fate::failed, failure);
    return;
  }
  const bool kept_house = keep_house();
  for (WriteJob* job : jobs) perform(*job);

  std::optional<StoreError> failure;
  auto fate = WriteJob::Fate::committed;
  if (!connection_.in_transaction()) {  // the failure of a job ended it for all
    fate = WriteJob::Fate::failed;
    failure =
        StoreError{StoreErrorCode::io, "the transaction was rolled back by the failure of another write"};
    for (const WriteJob* job : jobs) {
      if (job->fate() == WriteJob::Fate::failed) failure = job->failure();
    }
  } else if ((failure = step(queries::commit))) {
    // A commit record that was written but not synced is read again after a crash, unless another took its
    // place in the log. Only a full disk and a lock have certainly kept it from being written.
    const int code = sqlite3_extended_errcode(connection_.handle()) & 0xff;
    const bool unwritten = code == SQLITE_FULL || code == SQLITE_BUSY;
    if (connection_.in_transaction()) static_cast<void>(step(queries::rollback));
    fate = unwritten || displace_failed_commit() ? WriteJob::Fate::failed : WriteJob::Fate::uncertain;
  }
  if (kept_house) housekeeping_.settled(fate == WriteJob::Fate::committed);
  for (WriteJob* job : jobs) {
    if (job->fate() == WriteJob::Fate::waiting) finish(*job, fate, failure);
  }
}

/// By a commit that changes nothing. SQLite writes no page whose bytes stay the same, so it changes one
/// twice.
bool WriterThread::displace_failed_commit() {
  Session session(connection_);
  session.execute(queries::begin_write);
  session.execute(queries::change_total, 1);
  session.execute(queries::change_total, -1);
  session.execute(queries::commit);
  if (connection_.in_transaction()) static_cast<void>(step(queries::rollback));
  return !session.failed();
}

void WriterThread::perform(WriteJob& job) {
  // After a failure that ended the transaction nothing more can be done in it.
  if (!connection_.in_transaction()) return;
  Session session(connection_);
  bool accepted = false;
  session.execute(queries::savepoint);
  try {
    accepted = !session.failed() && job.perform(session);
  } catch (...) {
    job.exception_ = std::current_exception();
  }
  auto fate = accepted ? WriteJob::Fate::waiting : WriteJob::Fate::refused;
  std::optional<StoreError> failure = session.failure();
  if (failure) fate = WriteJob::Fate::failed;
  if (fate != WriteJob::Fate::waiting && connection_.in_transaction()) {
    auto undone = step(queries::rollback_to_savepoint);
    // What cannot be undone alone is undone with everything else.
    if (undone && connection_.in_transaction()) static_cast<void>(step(queries::rollback));
  }
  if (connection_.in_transaction()) {
    if (auto unreleased = step(queries::release_savepoint)) {
      fate = WriteJob::Fate::failed;
      failure = std::move(unreleased);
      if (connection_.in_transaction()) static_cast<void>(step(queries::rollback));
    }
  }
  if (fate != WriteJob::Fate::waiting) finish(job, fate, std::move(failure));
}

bool WriterThread::keep_house() {
  Session session(connection_);
  session.execute(queries::savepoint);
  housekeeping_.perform(session);
  if (!connection_.in_transaction()) {
    housekeeping_.settled(false);
    // The jobs have lost nothing yet: give them a transaction of their own.
    static_cast<void>(step(queries::begin_write));
    return false;
  }
  const bool kept = !session.failed();
  if (!kept) static_cast<void>(step(queries::rollback_to_savepoint));
  static_cast<void>(step(queries::release_savepoint));
  if (!kept) housekeeping_.settled(false);
  return kept;
}

std::optional<StoreError> WriterThread::step(const sqlite::Query& query) {
  Session session(connection_);
  session.execute(query);
  return session.failure();
}

void WriterThread::finish(WriteJob& job, WriteJob::Fate fate, std::optional<StoreError> failure) {
  job.fate_ = fate;
  job.failure_ = std::move(failure);
  job.settled(fate);
}

void WriterThread::answer(const Jobs& jobs) {
  const std::scoped_lock lock(mutex_);
  for (WriteJob* job : jobs) {
    job->answered_ = true;
    job->answer_.notify_one();  // under the lock: the job is its caller's, who may be gone right after
  }
}

}  // namespace partsmith::storage
