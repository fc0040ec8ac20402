// Large objects that are deleted or replaced are freed after the answer, and nothing is lost of that by a
// crash.

#include <fmt/format.h>

#include <atomic>
#include <thread>

#include <partsmith/storage/fsck.h>

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

constexpr LargeObject large{.bytes = 150'000, .parts = 5};
constexpr std::size_t part_size = 9'000;
constexpr int many = 12;

std::unique_ptr<StoreFixture> store_with_large_object(std::optional<std::uint64_t> quota = {}) {
  auto store = std::make_unique<StoreFixture>(Durability::process, nullptr, 5);
  store->set_large_object(large);
  store->set_quota(quota);
  store->reopen();
  must((*store)->create_bucket(store->bucket, "r"));
  store->put_multipart("large", std::vector<std::string>(many, big('l', part_size)));
  return store;
}
void remove(StoreFixture& store, const std::string& key) {
  must(store->delete_object(store.bucket, object_key(key), {}));
}

struct Ending {
  std::string what;
  std::function<void(StoreFixture&)> end;
  std::uint64_t bytes_left;
};
const std::vector<Ending>& endings() {
  static const std::vector<Ending> all{
      {"deleted", [](StoreFixture& store) { remove(store, "large"); }, 0},
      {"replaced by a small one", [](StoreFixture& store) { must(store.put("large", "small")); }, 0},
      {"replaced by an upload",
       [](StoreFixture& store) { store.put_multipart("large", {big('a', 10'000), big('b', 10'000)}); },
       20'000},
      {"replaced by a copy of itself",
       [](StoreFixture& store) {
         const auto source = store.lease("large");
         must(store->put_object(store.bucket, object_key("large"), Content::shared(*source, 0, 10),
                                StoreFixture::draft("c")));
       },
       part_size},
  };
  return all;
}

/// The folder as a kill leaves it now; opened, it has freed what was to be freed.
void check_killed(const std::filesystem::path& folder, std::uint64_t bytes_left) {
  {
    const SystemClock clock;
    REQUIRE(open_local_store({.folder = folder, .clock = &clock}));
  }
  CHECK(bytes_below(folder / "blobs") + bytes_below(folder / "incoming") == bytes_left);
  CHECK(inconsistencies(folder) == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("a large object is gone with the answer, and its bytes soon after; nobody waits for them") {
  for (const Ending& ending : endings()) {
    CAPTURE(ending.what);
    const auto store = store_with_large_object();
    const auto gate = std::make_shared<Gate>();
    store->files().hold("remove", gate);
    ending.end(*store);
    const auto object = store->store().object(store->bucket, object_key("large"));
    CHECK((!object || object->size < many * part_size));
    must(store->put("another", "small"));
    CHECK(store->stored_bytes() >= many * part_size);
    gate->open();
    store->catch_up();
    CHECK(store->stored_bytes() == ending.bytes_left);
    store->close();
    CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});
  }
}

TEST_CASE("an object is large by its bytes or by its parts, and another is freed before the answer") {
  const auto store = store_with_large_object();
  remove(*store, "large");
  store->catch_up();
  must(store->put("long", big('l', large.bytes + 1)));
  must(store->put("short", big('s', large.bytes)));
  store->put_multipart("few", std::vector<std::string>(large.parts, big('f', part_size)));
  const auto gate = std::make_shared<Gate>();
  remove(*store, "short");
  remove(*store, "few");
  CHECK(store->stored_bytes() == large.bytes + 1);
  store->files().hold("remove", gate);
  remove(*store, "long");
  CHECK(store->stored_bytes() == large.bytes + 1);
  gate->open();
  store->catch_up();
  CHECK(store->stored_bytes() == 0);
}

TEST_CASE("an upload is free when its abort is answered, however large it is") {
  const auto store = store_with_large_object();
  const UploadRef upload = store->begin("k");
  for (int number = 1; number <= many; ++number) must(store->part(upload, number, big('u', 20'000)));
  must((*store)->abort(upload));
  CHECK(store->stored_bytes() == many * part_size);
}

TEST_CASE("wherever a kill cuts the freeing of a large object off, the next start goes on") {
  for (const Ending& ending : endings()) {
    CAPTURE(ending.what);
    const auto store = store_with_large_object();
    const TemporaryFolder left;
    std::atomic<int> kills = 0;
    store->files().fail_when([&](const std::string& call, const auto&) {
      if (call != "remove") return 0;
      std::filesystem::copy(store->folder(), left.path() / fmt::format("{}", kills++),
                            std::filesystem::copy_options::recursive);
      return 0;
    });
    ending.end(*store);
    store->catch_up();
    store->files().work_again();
    CHECK(kills >= many - 1);
    for (int kill = 0; kill < kills; ++kill) {
      CAPTURE(kill);
      check_killed(left.path() / fmt::format("{}", kill), ending.bytes_left);
    }
  }
}

TEST_CASE("a store that ends while it frees large objects leaves the rest to the next start") {
  const auto store = store_with_large_object();
  store->put_multipart("second", std::vector<std::string>(many, big('2', part_size)));
  must(store->put("small", "stays"));
  const auto gate = std::make_shared<Gate>();
  store->files().hold("remove", gate);
  remove(*store, "large");
  remove(*store, "second");
  gate->wait_for_arrival();
  std::jthread ending([&] { store->close(); });
  gate->open();
  ending.join();
  store->open();
  CHECK(store->read("small") == "stays");
  CHECK(store->stored_bytes() == 0);
  store->close();
  CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});
}

TEST_CASE("a large object that is deleted while it is read is freed when its reader ends") {
  const auto store = store_with_large_object();
  auto lease = store->lease("large");
  remove(*store, "large");
  store->catch_up();
  CHECK(StoreFixture::read_all(*lease) == big('l', many * part_size));
  lease.reset();
  store->catch_up();
  CHECK(store->stored_bytes() == 0);
}

TEST_CASE("the room of a large object that was deleted is there for the next one") {
  const auto store = store_with_large_object(many * part_size + 1'000);
  for (int round = 0; round < 5; ++round) {
    CAPTURE(round);
    remove(*store, "large");
    store->put_multipart("large", std::vector<std::string>(many, big('l', part_size)));
  }
  CHECK(refusal((*store)->new_blob(part_size)) == StoreErrorCode::out_of_space);
}

TEST_CASE("while a large object is freed, fsck finds nothing wrong, and a snapshot doesn't keep it") {
  const auto store = store_with_large_object();
  must(store->put("k", big('k', 10'000)));
  const auto gate = std::make_shared<Gate>();
  store->files().hold("remove", gate);
  remove(*store, "large");
  gate->wait_for_arrival();
  const auto looked = fsck_local_store({.folder = store->folder(), .deep = true});
  REQUIRE(looked);
  CHECK(looked->problems == 0);
  CHECK(must((*store)->take_snapshot("s")));
  gate->open();
  store->catch_up();
  CHECK(store->stored_bytes() == 10'000);
  CHECK(must((*store)->restore_snapshot("s")));
  CHECK(store->read("k") == big('k', 10'000));
  CHECK(store->stored_bytes() == 10'000);
}

TEST_CASE("a snapshot that was taken before gives a large object back that is being freed") {
  const auto store = store_with_large_object();
  CHECK(must((*store)->take_snapshot("s")));
  remove(*store, "large");
  CHECK(must((*store)->restore_snapshot("s")));
  store->catch_up();
  CHECK(store->read("large") == big('l', many * part_size));
  CHECK(must((*store)->remove_snapshot("s")));
  store->close();
  CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});
}

TEST_CASE("only so many wait to be freed, and whoever comes then frees his own") {
  Gate gate;
  std::atomic<std::size_t> freed = 0;
  const auto free_some = [&](ManifestId) {
    gate.pass();
    ++freed;
    return false;
  };
  Reclaimer reclaimer(free_some, [](const std::string&) {});
  CHECK(reclaimer.add(ManifestId{1}));
  gate.wait_for_arrival();
  for (std::size_t n = 0; n < Reclaimer::most_waiting; ++n) REQUIRE(reclaimer.add(ManifestId{2}));
  CHECK_FALSE(reclaimer.add(ManifestId{3}));
  gate.open();
  reclaimer.catch_up();
  CHECK(freed == Reclaimer::most_waiting + 1);
}

TEST_CASE("what can't be freed is told, and what comes after it is freed all the same") {
  std::vector<std::string> told;
  std::atomic<int> freed = 0;
  const auto free_some = [&](ManifestId manifest) {
    if (manifest == ManifestId{1}) throw std::runtime_error("no memory");
    return ++freed < 3;
  };
  Reclaimer reclaimer(free_some, [&](const std::string& line) { told.push_back(line); });
  CHECK(reclaimer.add(ManifestId{1}));
  CHECK(reclaimer.add(ManifestId{2}));
  reclaimer.catch_up();
  CHECK(freed == 3);
  CHECK(told ==
        std::vector<std::string>{"bytes that are no longer needed are kept until the next start: no memory"});
}
