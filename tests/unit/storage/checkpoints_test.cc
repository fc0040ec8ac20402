// The database's log is moved into the database beside the writes, and stays short whatever is written.

#include <fmt/format.h>

#include <thread>

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

constexpr std::uint64_t bytes_of_page = 4096 + 24;  // as the log has it
constexpr LogLimits small{.moved_at_once = 40, .long_enough = 120, .longest = 160};
// What the transaction adds that finds the log just short enough, with room to spare.
constexpr std::uint64_t pages_of_a_put = 60;

std::unique_ptr<StoreFixture> store_with(LogLimits limits, Durability durability = Durability::process,
                                         PowerFailure* power = nullptr) {
  auto store = std::make_unique<StoreFixture>(durability, power);
  store->set_log_limits(limits);
  store->reopen();
  must((*store)->create_bucket(store->bucket, "r"));
  return store;
}

std::string text_of(int n) {
  return fmt::format("{:04}", n) + big('x', 4'000);
}
void put_some(StoreFixture& store, int from, int to) {
  for (int n = from; n < to; ++n) must(store.put(fmt::format("k{}", n), text_of(n)));
}
std::uint64_t log_bytes(const StoreFixture& store) {
  return std::filesystem::file_size(store.folder() / "partsmith.db-wal");
}
bool is_database(const std::filesystem::path& path) {
  return path.extension() == ".db";
}

/// Opened where it was left, it has what was put.
void check_left_behind(const std::filesystem::path& folder, const BucketName& bucket, int count) {
  {
    const SystemClock clock;
    auto opened = open_local_store({.folder = folder, .clock = &clock});
    REQUIRE(opened);
    for (int n = 0; n < count; ++n) {
      CAPTURE(n);
      CHECK(StoreFixture::read_all(
                *must((*opened)->open_object(bucket, object_key(fmt::format("k{}", n))))) == text_of(n));
    }
  }
  CHECK(inconsistencies(folder) == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("writes are answered while the disk syncs what was written before") {
  const auto store = store_with({.moved_at_once = 40, .long_enough = 50'000, .longest = 60'000});
  const auto gate = std::make_shared<Gate>();
  store->database().hold("sync", gate);
  put_some(*store, 0, 20);
  gate->wait_for_arrival();
  put_some(*store, 20, 120);
  CHECK(store->read("k119") == text_of(119));
  gate->open();
  store->reopen();
  CHECK(store->read("k0") == text_of(0));
}

TEST_CASE("the log stays short, whatever is written, and what was written is there") {
  const auto durability = GENERATE(Durability::process, Durability::disk);
  const auto store = store_with(small, durability);
  std::uint64_t longest = 0;
  for (int n = 0; n < 600; ++n) {
    put_some(*store, n, n + 1);
    longest = std::max(longest, log_bytes(*store));
  }
  CHECK(longest > small.moved_at_once * bytes_of_page);
  CHECK(longest < (small.longest + pages_of_a_put) * bytes_of_page);
  const TemporaryFolder killed;
  std::filesystem::copy(store->folder(), killed.path() / "store", std::filesystem::copy_options::recursive);
  check_left_behind(killed.path() / "store", store->bucket, 600);
  store->close();
  CHECK_FALSE(std::filesystem::exists(store->folder() / "partsmith.db-wal"));
}

TEST_CASE("a reader of an older state makes the log grow until it ends") {
  const auto store = store_with(small);
  put_some(*store, 0, 10);
  {
    auto reader = sqlite::Connection::open(store->folder() / "partsmith.db", sqlite::Connection::Mode::read);
    REQUIRE(reader);
    REQUIRE(reader->run("BEGIN; SELECT count(*) FROM objects"));
    put_some(*store, 10, 200);
    CHECK(log_bytes(*store) > (small.longest + pages_of_a_put) * bytes_of_page);
  }
  put_some(*store, 200, 400);  // it has begun anew by then, and its file has the size that it had
  const std::uint64_t grown = log_bytes(*store);
  put_some(*store, 400, 600);
  CHECK(log_bytes(*store) == grown);
  CHECK(store->read("k15") == text_of(15));
}

TEST_CASE("while the database can't be written to the log grows, writes go on, and one line says so") {
  const int number = GENERATE(ENOSPC, EIO);
  const auto store = store_with(small);
  put_some(*store, 0, 5);
  store->database().fail_when([number](const std::string& made, const auto& path) {
    return made == "write" && is_database(path) ? number : 0;
  });
  put_some(*store, 5, 200);
  CHECK(log_bytes(*store) > small.longest * bytes_of_page);
  store->database().work_again();
  CHECK(store->log().size() == 1);
  put_some(*store, 200, 400);
  const std::uint64_t grown = log_bytes(*store);
  put_some(*store, 400, 600);
  CHECK(log_bytes(*store) == grown);
  for (const int n : {0, 100, 599}) CHECK(store->read(fmt::format("k{}", n)) == text_of(n));
  store->close();
  CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});
}

TEST_CASE("when no connection can be had for it, the writer itself makes the log short") {
  const auto store = store_with(small);
  store->database().fail("open", EMFILE);
  put_some(*store, 0, 300);
  CHECK(log_bytes(*store) < (small.longest + pages_of_a_put) * bytes_of_page);
  CHECK(store->log().size() == 1);
}

TEST_CASE("a new store with `process` waits for no sync before it answers") {
  StoreFixture store;
  store.close();
  std::filesystem::remove_all(store.folder());
  const auto gate = std::make_shared<Gate>();
  store.database().hold("sync", gate);
  store.open();
  must(store->create_bucket(store.bucket, "r"));
  gate->wait_for_arrival();  // the pass that the first commit brought
  must(store.put("k", "while it syncs"));
  gate->open();
}

TEST_CASE("a new store with `process` is whole after a power failure, from its first pass on") {
  PowerFailure power;
  StoreFixture store(Durability::process, &power);
  store.close();
  std::filesystem::remove_all(store.folder());
  Gate passed;
  store.database().fail_when([&](const std::string& call, const std::filesystem::path& path) {
    if (call == "synced" && is_database(path)) passed.pass();
    return 0;
  });
  passed.open();
  store.open();
  must(store->create_bucket(store.bucket, "r"));
  passed.wait_for_arrival();
  put_some(store, 0, 10);
  for (std::uint32_t chance = 0; chance < 12; ++chance) {
    CAPTURE(chance);
    const TemporaryFolder left;
    power.leave(store.folder(), left.path() / "store", chance);
    check_left_behind(left.path() / "store", store.bucket, 0);
  }
}

TEST_CASE("whatever is under way when the power fails, what was acknowledged is there") {
  PowerFailure power;
  const auto store = store_with(small, Durability::disk, &power);
  for (int count = 20; count <= 200; count += 20) {
    put_some(*store, count - 20, count);
    const TemporaryFolder left;
    power.leave(store->folder(), left.path() / "store", static_cast<std::uint32_t>(count / 20));
    check_left_behind(left.path() / "store", store->bucket, count);
  }
}

TEST_CASE("a store that ends while pages are moved ends after that, and is whole") {
  const auto store = store_with({.moved_at_once = 40, .long_enough = 50'000, .longest = 60'000});
  const auto gate = std::make_shared<Gate>();
  store->database().hold("sync", gate);
  put_some(*store, 0, 50);
  gate->wait_for_arrival();
  std::jthread ending([&] { store->close(); });
  gate->open();
  ending.join();
  CHECK_FALSE(std::filesystem::exists(store->folder() / "partsmith.db-wal"));
  check_left_behind(store->folder(), store->bucket, 50);
}
