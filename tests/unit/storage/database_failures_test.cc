// SQLite's own reads, writes and syncs fail: what is told, and what is there afterwards, in the store that
// goes on and in one that is opened after a crash.

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

/// The folder as a kill leaves it, or, where it was watched, as a power failure does.
class Survivor {
 public:
  explicit Survivor(const StoreFixture& store) {
    std::filesystem::copy(store.folder(), path(), std::filesystem::copy_options::recursive);
    open();
  }
  Survivor(const StoreFixture& store, const PowerFailure& power, std::uint32_t chance) {
    power.leave(store.folder(), path(), chance);
    open();
  }
  ~Survivor() {
    store_.reset();
    CHECK(inconsistencies(path()) == std::vector<std::string>{});
  }
  std::optional<std::string> read(const BucketName& bucket, std::string_view key) {
    auto lease = store_->open_object(bucket, object_key(key));
    if (!lease) return std::nullopt;
    return StoreFixture::read_all(**lease);
  }
  Store* operator->() { return store_.get(); }

 private:
  void open() {
    auto opened = open_local_store({.folder = path(), .clock = &clock_});
    if (!opened) throw std::runtime_error(opened.error());
    store_ = std::move(*opened);
  }
  std::filesystem::path path() const { return folder_.path() / "store"; }

  TemporaryFolder folder_;
  SystemClock clock_;
  std::unique_ptr<Store> store_;
};

bool is_log(const std::filesystem::path& path) {
  return path.string().ends_with("-wal");
}

/// The n-th call of that name on the log meets the error.
FailingDatabase::Verdict nth(const std::string& call, int n, int number) {
  return [call, n, number, seen = 0](const std::string& made, const auto& path) mutable {
    return made == call && is_log(path) && ++seen == n ? number : 0;
  };
}

/// The first call of that name on the log meets an error, and from then on each that writes.
FailingDatabase::Verdict no_more_writing_after(const std::string& call) {
  return [call, broken = false](const std::string& made, const auto& path) mutable {
    if (!is_log(path)) return 0;
    broken = broken || made == call;
    return broken && (made == call || made.starts_with("write")) ? EIO : 0;
  };
}

}  // namespace

TEST_CASE("a COMMIT whose sync fails is told as an error, and never comes back") {
  const std::string call = GENERATE("sync", "synced");
  PowerFailure power;
  StoreFixture store(Durability::disk, &power);
  must(store->create_bucket(store.bucket, "r"));
  must(store.put("k", big('a')));
  store.database().fail_when(nth(call, 1, EIO));
  CHECK(refusal(store.put("k", big('b'))) == StoreErrorCode::io);

  CHECK(store.read("k") == big('a'));
  CHECK(store.stored_bytes() == 100'000);
  Survivor killed(store);
  CHECK(killed.read(store.bucket, "k") == big('a'));
  for (std::uint32_t chance = 0; chance < 12; ++chance) {
    CAPTURE(chance);
    Survivor survivor(store, power, chance);
    CHECK(survivor.read(store.bucket, "k") == big('a'));
  }
  must(store.put("k", big('c')));
  store.reopen();
  CHECK(store.read("k") == big('c'));
  CHECK(store.stored_bytes() == 100'000);
}

TEST_CASE(
    "a COMMIT whose sync fails, and after which nothing can be written, may come back whole with a crash") {
  const std::string call = GENERATE("sync", "synced");
  PowerFailure power;
  StoreFixture store(Durability::disk, &power);
  must(store->create_bucket(store.bucket, "r"));
  must(store.put("k", big('a')));
  store.database().fail_when(no_more_writing_after(call));
  CHECK(refusal(store.put("k", big('b'))) == StoreErrorCode::io);
  store.database().work_again();

  CHECK(store.read("k") == big('a'));
  {  // The record was written: a kill leaves it in the system's hands, and it counts.
    Survivor killed(store);
    CHECK(killed.read(store.bucket, "k") == big('b'));
  }
  std::set<std::string> seen;
  for (std::uint32_t chance = 0; chance < 24; ++chance) {
    CAPTURE(chance);
    Survivor survivor(store, power, chance);
    const auto text = survivor.read(store.bucket, "k");
    REQUIRE(text);
    CHECK((*text == big('a') || *text == big('b')));
    seen.insert(text->substr(0, 1));
  }
  // A sync that was done and told as failed leaves no doubt to the disk, only to us.
  CHECK(seen == (call == "sync" ? std::set<std::string>{"a", "b"} : std::set<std::string>{"b"}));

  // The next commit takes its place, and from then on it can never come back.
  must(store.put("other", "x"));
  for (std::uint32_t chance = 0; chance < 12; ++chance) {
    Survivor survivor(store, power, chance);
    CHECK(survivor.read(store.bucket, "k") == big('a'));
    CHECK(survivor.read(store.bucket, "other") == "x");
  }
  store.reopen();
  CHECK(store.read("k") == big('a'));
  CHECK(store.stored_bytes() == 100'000);
}

TEST_CASE("an upload whose Complete or Abort met an uncertain COMMIT is whole in either state") {
  PowerFailure power;
  StoreFixture store(Durability::disk, &power);
  must(store->create_bucket(store.bucket, "r"));
  const bool complete = GENERATE(false, true);
  const UploadRef upload = store.begin("k");
  must(store.part(upload, 1, big('a')));
  must(store.part(upload, 2, big('b')));
  store.database().fail_when(no_more_writing_after("sync"));
  if (complete) {
    CHECK(refusal(store.complete(upload)) == StoreErrorCode::io);
  } else {
    CHECK(refusal(store->abort(upload)) == StoreErrorCode::io);
  }
  store.database().work_again();
  CHECK(must(store->parts(upload, 0, 10)).parts.size() == 2);
  CHECK(store.stored_bytes() == 200'000);
  int ended = 0;
  for (std::uint32_t chance = 0; chance < 24; ++chance) {
    Survivor survivor(store, power, chance);
    const bool open = survivor->upload(upload).has_value();
    CHECK(survivor.read(store.bucket, "k").has_value() == (complete && !open));
    if (!open) ++ended;
  }
  CHECK(ended > 0);
  CHECK(ended < 24);
  // What was uncertain can be asked for again.
  if (complete) {
    must(store.complete(upload));
    CHECK(store.read("k") == big('a') + big('b'));
  } else {
    must(store->abort(upload));
    CHECK(store.stored_bytes() == 0);
  }
}

TEST_CASE("whichever write of a commit is cut short, nothing of it is there, and the next one works") {
  struct Case {
    std::string call;
    int number;
    StoreErrorCode code;
  };
  const std::vector<Case> cases{{"write", ENOSPC, StoreErrorCode::out_of_space},
                                {"write on", ENOSPC, StoreErrorCode::out_of_space},
                                {"write", EIO, StoreErrorCode::io},
                                {"write on", EIO, StoreErrorCode::io}};
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('a')));
  for (const Case& one : cases) {
    int n = 0;
    for (bool failed = true; failed;) {
      ++n;
      CAPTURE(one.call, one.number, n);
      store->database().fail_when(nth(one.call, n, one.number));
      const auto refused = refusal(store->put("k", big('b')));
      store->database().work_again();
      failed = refused.has_value();
      if (!failed) {
        must(store->put("k", big('a')));
        break;
      }
      CHECK(refused == one.code);
      CHECK(store->read("k") == big('a'));
      // Of a full disk nothing is kept; after an error of the device the file waits for the next start.
      if (one.number == ENOSPC) CHECK(store->stored_bytes() == 100'000);
      Survivor killed(*store);
      CHECK(killed.read(store->bucket, "k") == big('a'));
    }
    CHECK(n > 4);
    store->reopen();
    CHECK(store->stored_bytes() == 100'000);
  }
}

TEST_CASE("when the database cannot be read, that is told, and it works again when it can") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", "small"));
  store->reopen();  // nothing is in any cache
  store->database().fail("read", EIO);
  CHECK(refusal(store->store().object(store->bucket, object_key("k"))) == StoreErrorCode::io);
  CHECK(refusal(store->put("k", "other")) == StoreErrorCode::io);
  store->database().work_again();
  CHECK(store->read("k") == "small");
  must(store->put("k", "other"));
  CHECK(store->read("k") == "other");
}

TEST_CASE(
    "a store whose database cannot be opened, read or written does not start, and says why in one line") {
  StoreFixture store;
  store.close();
  for (const std::string call : {"open", "read", "write", "map"}) {
    CAPTURE(call);
    store.database().fail(call, EIO);
    const auto opened = store.try_open();
    // Writing is first needed by the first write.
    if (call == "write" && opened) continue;
    REQUIRE_FALSE(opened);
    CHECK(opened.error().find("partsmith.db") != std::string::npos);
    CHECK(opened.error().find('\n') == std::string::npos);
  }
  store.database().work_again();
  CHECK(store.try_open());
}

TEST_CASE("a checkpoint that fails loses nothing and is made up for later") {
  const std::string call = GENERATE("write", "write on", "sync", "synced");
  PowerFailure power;
  StoreFixture store(Durability::disk, &power);
  must(store->create_bucket(store.bucket, "r"));
  int failed = 0;
  store.database().fail_when([&](const std::string& made, const auto& path) {
    return made == call && path.extension() == ".db" && ++failed > 0 ? EIO : 0;
  });
  for (int n = 0; n < 30; ++n) must(store.put("k" + std::to_string(n), std::string(8'000, 'x')));
  store.close();  // which makes a checkpoint
  CHECK(failed > 0);
  for (std::uint32_t chance = 0; chance < 6; ++chance) {
    Survivor survivor(store, power, chance);
    for (int n = 0; n < 30; ++n) {
      CHECK(survivor.read(store.bucket, "k" + std::to_string(n)) == std::string(8'000, 'x'));
    }
  }
  store.database().work_again();
  store.open();
  CHECK(must(store->list_objects(store.bucket, {})).objects.size() == 30);
}

TEST_CASE("with `disk`, files that were removed do not come back as nobody's when the power fails") {
  PowerFailure power;
  StoreFixture store(Durability::disk, &power);
  must(store->create_bucket(store.bucket, "r"));
  const UploadRef upload = store.begin("k");
  constexpr int parts = 270;  // enough for their folders to be synced on the way
  for (int number = 1; number <= parts; ++number) must(store.part(upload, number, big('x', 8'193)));
  must(store->abort(upload));
  must(store.put("after", "x"));
  for (std::uint32_t chance = 0; chance < 8; ++chance) {
    CAPTURE(chance);
    Survivor survivor(store, power, chance);
    CHECK(survivor.read(store.bucket, "after") == "x");
    CHECK_FALSE(survivor->upload(upload));
  }
}
