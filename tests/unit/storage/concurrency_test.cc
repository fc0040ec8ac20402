// Many threads at one store. Threads start together, and nothing waits for time to pass.

#include <atomic>
#include <barrier>
#include <thread>

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

/// Runs work(0 … count-1), each in a thread of its own, all at once.
template <typename Work>
void together(int count, Work work) {
  std::barrier start(count);
  std::vector<std::thread> threads;
  for (int index = 0; index < count; ++index) {
    threads.emplace_back([&start, &work, index] {
      start.arrive_and_wait();
      work(index);
    });
  }
  for (auto& thread : threads) thread.join();
}

void check_consistent(StoreFixture& store) {
  CHECK(store.log().empty());
  store.close();
  CHECK(inconsistencies(store.folder()) == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("of many conditional puts at once exactly one wins") {
  auto store = StoreFixture::with_bucket();
  const bool replacing = GENERATE(false, true);
  if (replacing) must(store->put("k", "base"));
  WriteCondition condition;
  if (replacing) {
    condition.must_match = etag_of("base");
  } else {
    condition.must_not_exist = true;
  }
  std::atomic<int> won = 0;
  std::atomic<int> failed = 0;
  std::atomic<int> winner = -1;
  together(50, [&](int index) {
    const auto result = store->put("k", big(static_cast<char>('0' + index), 20'000), condition);
    if (result) {
      ++won;
      winner = index;
    } else if (result.error().code == StoreErrorCode::precondition_failed) {
      ++failed;
    }
  });
  CHECK(won == 1);
  CHECK(failed == 49);
  CHECK(store->read("k") == big(static_cast<char>('0' + winner), 20'000));
  CHECK(store->stored_bytes() == 20'000);
  check_consistent(*store);
}

TEST_CASE(
    "an upload that is completed and aborted at once ends in one of the two ways, and an abort is never "
    "refused") {
  auto store = StoreFixture::with_bucket();
  for (int round = 0; round < 10; ++round) {
    const std::string key = "k" + std::to_string(round);
    const UploadRef upload = store->begin(key);
    const PartInfo part = must(store->part(upload, 1, big('a', 10'000)));
    const std::vector<Store::PartRevision> named{{part.number, part.revision}};
    std::atomic<int> completed = 0;
    std::atomic<int> aborted = 0;
    std::atomic<int> refused = 0;
    together(4, [&](int index) {
      if (index % 2 == 0) {
        const auto why = refusal(store->store().complete(upload, named, StoreFixture::draft("m")));
        completed += why ? 0 : 1;
        refused += why == StoreErrorCode::no_such_upload ? 1 : 0;
      } else {
        aborted += refusal(store->store().abort(upload)) ? 0 : 1;
      }
    });
    CHECK(completed <= 1);
    CHECK(completed + refused == 2);
    CHECK(aborted == 2);
    CHECK(store->store().object(store->bucket, object_key(key)).has_value() == (completed == 1));
    must(store->store().delete_object(store->bucket, object_key(key), {}));
    CHECK(store->stored_bytes() == 0);
  }
  check_consistent(*store);
}

TEST_CASE("parts that arrive while their upload is aborted leave no byte") {
  auto store = StoreFixture::with_bucket();
  for (int round = 0; round < 10; ++round) {
    const UploadRef upload = store->begin("k");
    std::atomic<int> strange = 0;
    together(4, [&](int index) {
      if (index == 0) {
        if (!store->store().abort(upload)) ++strange;
        return;
      }
      for (int number = 1; number <= 3; ++number) {
        const auto why = refusal(store->part(upload, number, big(static_cast<char>('a' + index), 10'000)));
        if (why && why != StoreErrorCode::no_such_upload) ++strange;
      }
    });
    CHECK(strange == 0);
    CHECK(store->stored_bytes() == 0);
  }
  check_consistent(*store);
}

TEST_CASE("the same part put many times at once is one of them, and the others' bytes are free") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  std::mutex mutex;
  std::set<std::uint64_t> revisions;
  together(8, [&](int index) {
    for (int time = 0; time < 5; ++time) {
      const PartInfo part = must(store->part(upload, 1, big(static_cast<char>('a' + index), 10'000)));
      const std::scoped_lock lock(mutex);
      revisions.insert(part.revision);
    }
  });
  CHECK(revisions.size() == 40);
  CHECK(store->stored_bytes() == 10'000);
  CHECK(must(store->store().parts(upload, 0, 10)).parts.at(0).revision == *revisions.rbegin());
  check_consistent(*store);
}

TEST_CASE("a reader sees one version whole, while others replace and delete it") {
  auto store = StoreFixture::with_bucket();
  constexpr std::size_t size = 30'000;
  std::atomic<bool> writing = true;
  std::atomic<int> torn = 0;
  std::atomic<int> errors = 0;
  std::atomic<int> read = 0;
  together(6, [&](int index) {
    if (index < 2) {
      for (int time = 0; time < 25; ++time) {
        const std::string text(size, static_cast<char>('a' + (index * 25 + time) % 26));
        if (time % 5 == 4) {
          must(store->store().delete_object(store->bucket, object_key("k"), {}));
        } else if (time % 5 == 3) {
          const UploadRef upload = store->begin("k");
          for (int number = 1; number <= 3; ++number)
            must(store->part(upload, number, text.substr(0, size / 3)));
          must(store->complete(upload));
        } else {
          must(store->put("k", text));
        }
      }
      writing = false;
      return;
    }
    do {
      auto lease = store->store().open_object(store->bucket, object_key("k"));
      if (!lease) {
        if (lease.error().code != StoreErrorCode::no_such_key) ++errors;
        continue;
      }
      std::string text(size, '?');
      const auto into = std::span(reinterpret_cast<std::uint8_t*>(text.data()), size);
      const auto half = (*lease)->read(0, into.first(size / 2));
      const auto rest = (*lease)->read(size / 2, into.subspan(size / 2));
      if (!half || !rest) {
        ++errors;
      } else if (text.find_first_not_of(text[0]) != std::string::npos || text[0] == '?') {
        ++torn;
      } else {
        ++read;
      }
    } while (writing);
  });
  CHECK(torn == 0);
  CHECK(errors == 0);
  must(store->store().delete_object(store->bucket, object_key("k"), {}));
  CHECK(store->stored_bytes() == 0);
  check_consistent(*store);
}

TEST_CASE("copies of what is being replaced are whole") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('a', 20'000)));
  std::atomic<int> wrong = 0;
  together(4, [&](int index) {
    for (int time = 0; time < 10; ++time) {
      if (index < 2) {
        must(store->put("k", big(static_cast<char>('b' + time), 20'000)));
        continue;
      }
      const std::string copy = "copy" + std::to_string(index);
      {
        const auto source = store->lease("k");
        must(store->store().put_object(store->bucket, object_key(copy),
                                       Content::shared(*source, 1'000, 15'000), StoreFixture::draft("c")));
      }
      const std::string text = store->read(copy);
      if (text.size() != 15'000 || text.find_first_not_of(text[0]) != std::string::npos) ++wrong;
    }
  });
  CHECK(wrong == 0);
  for (const std::string key : {"k", "copy2", "copy3"})
    must(store->store().delete_object(store->bucket, object_key(key), {}));
  CHECK(store->stored_bytes() == 0);
  check_consistent(*store);
}

TEST_CASE("many uploads at once keep to themselves") {
  auto store = StoreFixture::with_bucket();
  std::atomic<int> wrong = 0;
  together(6, [&](int index) {
    const std::string key = "k" + std::to_string(index);
    for (int time = 0; time < 3; ++time) {
      const UploadRef upload = store->begin(key);
      std::string whole;
      for (int number = 1; number <= 5; ++number) {
        const std::string text(static_cast<std::size_t>(number) * 4'000,
                               static_cast<char>('a' + index + number));
        must(store->part(upload, number, text));
        whole += text;
      }
      must(store->complete(upload));
      if (store->read(key) != whole) ++wrong;
    }
  });
  CHECK(wrong == 0);
  CHECK(must(store->store().list_objects(store->bucket, {})).objects.size() == 6);
  check_consistent(*store);
}
