#include "memory_budget.h"

#include <thread>
#include <utility>

#include "catch.h"

using namespace partsmith::server;
using namespace std::chrono_literals;

TEST_CASE("A budget is reserved to its last byte, and no further") {
  MemoryBudget budget(100);
  auto first = budget.reserve(60);
  auto second = budget.reserve(40);
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(budget.reserve(1));
  CHECK(budget.reserve(0));
  CHECK(budget.used() == 100);
}

TEST_CASE("A reservation gives back what it held, once") {
  MemoryBudget budget(100);
  {
    auto held = budget.reserve(60);
    REQUIRE(held);
    const MemoryBudget::Reservation moved = *std::move(held);
    CHECK(budget.used() == 60);
  }
  CHECK(budget.used() == 0);
}

TEST_CASE("A reservation that takes another's place gives its own back") {
  MemoryBudget budget(100);
  auto one = budget.reserve(60);
  auto other = budget.reserve(30);
  *one = *std::move(other);
  CHECK(one->bytes() == 30);
  CHECK(budget.used() == 30);
}

TEST_CASE("A reservation grows as far as the budget goes, and is unchanged by what it can't have") {
  MemoryBudget budget(100);
  auto held = budget.reserve(0);
  CHECK(held->grow_to(100));
  CHECK_FALSE(held->grow_to(101));
  CHECK(held->bytes() == 100);
  CHECK(held->grow_to(50));
  CHECK(budget.used() == 100);
  held->shrink_to(50);
  CHECK(budget.used() == 50);
}

TEST_CASE("Those who wait for more hold no more than a third of a budget, together") {
  MemoryBudget budget(90);
  auto one = budget.reserve_to_wait();
  auto other = budget.reserve_to_wait();
  CHECK(one.grow_to(20));
  CHECK(other.grow_to(10));
  CHECK_FALSE(other.grow_to(11));
  CHECK(other.bytes() == 10);
  CHECK(budget.used() == 30);
  auto tree = budget.reserve(60);
  CHECK(tree);
  const MemoryBudget::Reservation moved = std::move(one);
  other.release();
  CHECK_FALSE(budget.reserve_to_wait().grow_to(11));
  CHECK(budget.reserve_to_wait().grow_to(10));
  CHECK(budget.used() == 80);
}

TEST_CASE("What a whole budget hasn't, those who wait don't get either") {
  MemoryBudget budget(90);
  auto rest = budget.reserve(80);
  auto waiting = budget.reserve_to_wait();
  CHECK_FALSE(waiting.grow_to(11));
  CHECK(waiting.grow_to(10));
  rest->release();
  CHECK(waiting.grow_to(30));
  CHECK_FALSE(waiting.grow_to(31));
}

TEST_CASE("A reservation of no budget can't grow") {
  MemoryBudget::Reservation none;
  CHECK(none.grow_to(0));
  CHECK_FALSE(none.grow_to(1));
}

TEST_CASE("Sizes beyond any memory are refused") {
  MemoryBudget budget(100);
  const auto held = budget.reserve(1);
  CHECK_FALSE(budget.reserve(static_cast<std::size_t>(-1)));
  CHECK_FALSE(budget.reserve(static_cast<std::size_t>(-1), 1h));
  CHECK(budget.used() == 1);
}

TEST_CASE("What is insisted on is counted beyond the limit, and others have nothing then") {
  MemoryBudget budget(100);
  {
    const auto held = budget.insist(120);
    CHECK(budget.used() == 120);
    CHECK_FALSE(budget.reserve(1));
  }
  CHECK(budget.reserve(100));
}

TEST_CASE("A reservation that may wait is made when others give back") {
  MemoryBudget budget(100);
  auto held = budget.reserve(80);
  std::optional<MemoryBudget::Reservation> late;
  std::thread waiting([&] { late = budget.reserve(50, 1min); });
  while (budget.take_shortages() == 0) std::this_thread::yield();
  held->shrink_to(50);
  waiting.join();
  CHECK(late);
  CHECK(budget.used() == 100);
}

TEST_CASE("Of those who wait the first comes first, and what is too little for it goes to nobody in line") {
  MemoryBudget budget(100);
  auto held = budget.reserve(100);
  std::optional<MemoryBudget::Reservation> large;
  std::optional<MemoryBudget::Reservation> small;
  std::thread first([&] { large = budget.reserve(60, 1min); });
  while (budget.waiting() < 1) std::this_thread::yield();
  std::thread second([&] { small = budget.reserve(10, 1min); });
  while (budget.waiting() < 2) std::this_thread::yield();
  held->shrink_to(50);
  CHECK(budget.waiting() == 2);
  held->shrink_to(40);
  first.join();
  CHECK(large);
  CHECK(budget.waiting() == 1);
  held->release();
  second.join();
  CHECK(small);
}

TEST_CASE("A reservation that waits in vain is refused") {
  MemoryBudget budget(100);
  const auto held = budget.reserve(80);
  CHECK_FALSE(budget.reserve(50, 10ms));
  CHECK(budget.used() == 80);
}

TEST_CASE("Shortages are counted until somebody looks") {
  MemoryBudget budget(100);
  CHECK(budget.take_shortages() == 0);
  CHECK_FALSE(budget.reserve(101));
  CHECK_FALSE(budget.reserve(102));
  CHECK(budget.take_shortages() == 2);
  CHECK(budget.take_shortages() == 0);
}
