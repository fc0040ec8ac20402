// Group commit: jobs share a transaction, and none has to answer for another.

#include "writer_thread.h"

#include <atomic>
#include <future>
#include <thread>

#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

using sqlite::Query;
using sqlite::Session;

constexpr Query insert{"INSERT INTO t(value) VALUES(?1)"};
constexpr Query count{"SELECT count(*) FROM t"};
constexpr Query nonsense{"INSERT INTO no_such_table VALUES(1)"};

class Job final : public WriteJob {
 public:
  explicit Job(std::function<bool(Session&)> work) : work_(std::move(work)) {}
  bool perform(Session& db) override { return work_(db); }
  void settled(Fate fate) noexcept override { told.push_back(fate); }
  std::vector<Fate> told;

 private:
  std::function<bool(Session&)> work_;
};

class Writer {
 public:
  Writer() {
    auto connection = open();
    if (!connection.run("PRAGMA journal_mode=WAL; CREATE TABLE t(value TEXT)"))
      throw std::runtime_error("no table");
    thread_ = std::make_unique<WriterThread>(
        std::move(connection),
        WriterThread::Housekeeping{[this](Session& db) {
                                     if (housekeeping) housekeeping(db);
                                   },
                                   [this](bool committed) { house_kept.push_back(committed); }});
  }
  WriterThread& operator*() { return *thread_; }
  void end() { thread_.reset(); }
  std::int64_t rows() {
    auto connection = open();
    Session session(connection);
    return session.integer(count).value();
  }
  std::function<void(Session&)> housekeeping;
  std::vector<bool> house_kept;

 private:
  sqlite::Connection open() {
    auto connection = sqlite::Connection::open(folder_.path() / "db", sqlite::Connection::Mode::write);
    if (!connection) throw std::runtime_error(connection.error().detail);
    return std::move(*connection);
  }
  TemporaryFolder folder_;
  std::unique_ptr<WriterThread> thread_;
};

bool put(Session& db) {
  db.execute(insert, "row");
  return true;
}

/// Runs the jobs in one transaction: the writer is kept busy until all of them wait.
void run_as_one(WriterThread& writer, std::vector<Job*> jobs) {
  std::promise<void> busy;
  std::promise<void> all_wait;
  Job plug([&](Session&) {
    busy.set_value();
    all_wait.get_future().wait();
    return true;
  });
  std::thread plug_thread([&] { writer.run(plug); });
  busy.get_future().wait();
  std::vector<std::thread> threads;
  for (Job* job : jobs) threads.emplace_back([&writer, job] { writer.run(*job); });
  while (writer.waiting() < jobs.size()) std::this_thread::yield();
  all_wait.set_value();
  plug_thread.join();
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("a job is committed when run returns") {
  Writer writer;
  Job job(put);
  (*writer).run(job);
  CHECK(job.fate() == WriteJob::Fate::committed);
  CHECK(job.told == std::vector{WriteJob::Fate::committed});
  CHECK(writer.rows() == 1);
}

TEST_CASE("a job that is refused, throws or fails is undone alone") {
  Writer writer;
  Job good(put);
  Job refused([](Session& db) { return put(db) && false; });
  Job throwing([](Session& db) -> bool { throw std::runtime_error(put(db) ? "a bug" : ""); });
  Job failing([](Session& db) {
    put(db);
    db.execute(nonsense);
    return put(db);
  });
  Job also_good(put);
  run_as_one(*writer, {&good, &refused, &throwing, &failing, &also_good});
  CHECK(good.fate() == WriteJob::Fate::committed);
  CHECK(also_good.fate() == WriteJob::Fate::committed);
  CHECK(refused.fate() == WriteJob::Fate::refused);
  CHECK_FALSE(refused.exception());
  CHECK(throwing.fate() == WriteJob::Fate::refused);
  CHECK_THROWS_AS(std::rethrow_exception(throwing.exception()), std::runtime_error);
  CHECK(failing.fate() == WriteJob::Fate::failed);
  CHECK(failing.failure().detail.find("no_such_table") != std::string::npos);
  for (const Job* job : {&good, &refused, &throwing, &failing, &also_good})
    CHECK(job->told == std::vector{job->fate()});
  CHECK(writer.rows() == 2);
}

TEST_CASE("when the disk is full, every job of the transaction fails and none is visible") {
  Writer writer;
  Job limit([](Session& db) { return db.connection().run("PRAGMA max_page_count=10").has_value(); });
  (*writer).run(limit);
  Job small(put);
  Job large([](Session& db) {
    db.execute(insert, big('x', 100'000));
    return true;
  });
  run_as_one(*writer, {&small, &large});
  CHECK(large.fate() == WriteJob::Fate::failed);
  CHECK(large.failure().code == StoreErrorCode::out_of_space);
  // SQLite may undo the statement alone or everything; what is told is what happened.
  CHECK(writer.rows() == (small.fate() == WriteJob::Fate::committed ? 1 : 0));
  Job after(put);
  (*writer).run(after);
  CHECK(after.fate() == WriteJob::Fate::committed);
}

TEST_CASE("when the transaction is lost under the jobs, all are told so") {
  Writer writer;
  Job first(put);
  Job destroyer([](Session& db) {
    static_cast<void>(db.connection().run("ROLLBACK"));
    db.fail({StoreErrorCode::out_of_space, "as SQLite does when the disk is full"});
    return true;
  });
  Job last(put);
  run_as_one(*writer, {&first, &destroyer, &last});
  for (const Job* job : {&first, &destroyer, &last}) {
    CHECK(job->fate() == WriteJob::Fate::failed);
    CHECK(job->failure().code == StoreErrorCode::out_of_space);
    CHECK(job->told.size() == 1);
  }
  CHECK(writer.rows() == 0);
  Job after(put);
  (*writer).run(after);
  CHECK(writer.rows() == 1);
}

TEST_CASE("housekeeping happens with a transaction that happens anyway, and at the end") {
  Writer writer;
  writer.housekeeping = [](Session& db) { put(db); };
  Job job(put);
  (*writer).run(job);
  CHECK(writer.rows() == 2);
  writer.end();
  CHECK(writer.rows() == 3);
  CHECK(writer.house_kept == std::vector{true, true});
}

TEST_CASE("housekeeping that fails harms no job") {
  Writer writer;
  writer.housekeeping = [](Session& db) {
    put(db);
    db.execute(nonsense);
  };
  Job job(put);
  (*writer).run(job);
  CHECK(job.fate() == WriteJob::Fate::committed);
  CHECK(writer.rows() == 1);
  writer.end();
  CHECK(writer.house_kept == std::vector{false, false});
}
