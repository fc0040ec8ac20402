/// Who works, who waits, and who comes next.

#include "http/worker_pool.h"

#include "catch.h"
#include "test_edge.h"

using namespace partsmith::server;
using namespace partsmith::test;

TEST_CASE("A task that is away leaves its place to another") {
  Log<int> log;
  Gate gate;
  WorkerPool pool(1, 1);
  REQUIRE(pool.submit([&] {
    const Away away(&pool);
    gate.pass();
  }));
  REQUIRE(pool.submit([&] { log.add(1); }));
  CHECK(log.first(1).size() == 1);
  gate.open();
}

TEST_CASE("No more tasks work at once than there are places, whoever comes back") {
  Log<int> log;
  Gate back;
  Gate end;
  std::atomic<int> working = 0;
  std::atomic<int> most = 0;
  const auto work = [&] {
    const int now = ++working;
    int before = most;
    while (now > before && !most.compare_exchange_weak(before, now)) continue;
    std::this_thread::yield();
    --working;
  };
  {
    WorkerPool pool(3, 20);
    for (int i = 0; i < 20; ++i) {
      REQUIRE(pool.submit([&] {
        for (int round = 0; round < 50; ++round) {
          work();
          const Away away(&pool);
        }
        {
          const Away away(&pool);
          log.add(1);
          back.pass();
        }
        work();
      }));
    }
    log.first(20);
    back.open();
  }
  CHECK(most <= 3);
  CHECK(working == 0);
}

TEST_CASE("A long task makes way for one that waits, and goes on afterwards") {
  Log<int> log;
  Gate begun;
  Gate submitted;
  {
    WorkerPool pool(1, 1);
    REQUIRE(pool.submit([&] {
      pool.make_way();  // nobody waits
      begun.open();
      submitted.pass();
      pool.make_way();
      log.add(2);
    }));
    begun.pass();
    REQUIRE(pool.submit([&] { log.add(1); }));
    submitted.open();
    CHECK(log.first(2) == std::vector{1, 2});
  }
}

TEST_CASE("Long tasks that make way for each other all come to their end") {
  Log<int> log;
  {
    WorkerPool pool(2, 50);
    for (int i = 0; i < 30; ++i) {
      REQUIRE(pool.submit([&, i] {
        for (int run = 0; run < 200; ++run) pool.make_way();
        log.add(i);
      }));
    }
  }
  CHECK(log.size() == 30);
}

TEST_CASE("Tasks starve when every thread there can be is away") {
  Log<int> log;
  Gate gate;
  WorkerPool pool(2, 1);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(pool.submit([&] {
      const Away away(&pool);
      log.add(1);
      gate.pass();
    }));
  }
  log.first(3);
  CHECK(pool.starving() == 0);
  REQUIRE(pool.submit([&] { log.add(1); }));
  CHECK(pool.starving() == 1);
  gate.open();
  log.first(4);
}

TEST_CASE("Tasks for which a thread has just been made don't starve") {
  constexpr int tasks = 200;
  Log<int> log;
  Gate gate;
  WorkerPool pool(tasks, tasks);
  for (int i = 0; i < tasks; ++i) {
    REQUIRE(pool.submit([&] {
      const Away away(&pool);
      log.add(1);
      gate.pass();
    }));
    CHECK(pool.starving() == 0);
    log.first(static_cast<std::size_t>(i) + 1);
  }
  gate.open();
}

TEST_CASE("A pool that finishes runs what was submitted, though its tasks are away") {
  Log<int> log;
  Gate gate;
  WorkerPool pool(1, 1);
  for (int i = 0; i < 10; ++i) {
    REQUIRE(pool.submit([&] {
      {
        const Away away(&pool);
        gate.pass();
      }
      log.add(1);
    }));
  }
  std::thread finishing([&] { pool.finish(); });
  gate.open();
  finishing.join();
  CHECK(log.size() == 10);
}
