// Snapshots: what was there is there again, ids included, and no byte is copied.

#include <random>

#include <partsmith/storage/fsck.h>

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

std::vector<std::string> versions(StoreFixture& store) {
  std::vector<std::string> all;
  for (const auto& one : must(store->list_versions(store.bucket, {})).versions)
    all.push_back(one.key.text() + ' ' + one.version.text() + ' ' + one.etag.text());
  return all;
}

std::vector<PartInfo> parts(StoreFixture& store, const UploadRef& upload) {
  return must(store->parts(upload, 0, limits::max_part_number)).parts;
}

/// Nothing to complain of, looked at with the store closed.
void check_whole(StoreFixture& store) {
  store.close();
  const auto looked = fsck_local_store({.folder = store.folder()});
  REQUIRE(looked);
  CHECK(looked->problems == 0);
  store.open();
}

}  // namespace

TEST_CASE("a restored snapshot has every bucket, object, version and open upload as it was") {
  auto store = StoreFixture::with_bucket();
  must((*store)->set_versioning(store->bucket, Versioning::enabled));
  must((*store)->set_bucket_document(store->bucket, BucketDocument::tagging, "<a/>"));
  must(store->put("small", "one"));
  must(store->put("large", big('a')));
  store->put_multipart("parts", {big('b'), "end"});
  must((*store)->delete_object(store->bucket, object_key("small"), {}));
  const UploadRef upload = store->begin("open");
  must(store->part(upload, 1, big('c')));
  must(store->part(upload, 7, "seven"));
  const auto before = versions(*store);

  REQUIRE(must((*store)->take_snapshot("s")));
  must(store->put("large", "another"));
  must(store->put("new", big('d')));
  must(store->part(upload, 1, "replaced"));
  must(store->complete(upload));
  must((*store)->set_bucket_document(store->bucket, BucketDocument::tagging, std::nullopt));
  must((*store)->create_bucket(bucket_name("another-bucket"), "eu-central-1"));

  const int times = GENERATE(1, 2);
  for (int i = 0; i < times; ++i) REQUIRE(must((*store)->restore_snapshot("s")));
  CHECK(versions(*store) == before);
  CHECK(must((*store)->buckets("", "", 1000)).buckets.size() == 1);
  CHECK(must((*store)->bucket_document(store->bucket, BucketDocument::tagging)) == "<a/>");
  CHECK(store->read("large") == big('a'));
  CHECK(store->read("parts") == big('b') + "end");
  const auto of_upload = parts(*store, upload);
  REQUIRE(of_upload.size() == 2);
  CHECK(of_upload[0].etag == etag_of(big('c')));
  must(store->complete(upload));
  CHECK(store->read("open") == big('c') + "seven");
  check_whole(*store);
}

TEST_CASE("a snapshot copies no byte, and what came after it is free when it is restored") {
  auto store = StoreFixture::with_bucket();
  must(store->put("a", big('a')));
  const auto bytes = store->stored_bytes();
  REQUIRE(must((*store)->take_snapshot("s")));
  CHECK(store->stored_bytes() == bytes);
  must(store->put("b", big('b')));
  must((*store)->delete_object(store->bucket, object_key("a"), {}));
  CHECK(store->stored_bytes() == 2 * bytes);
  CHECK(must((*store)->totals()).bytes == 2 * bytes);
  REQUIRE(must((*store)->restore_snapshot("s")));
  CHECK(store->stored_bytes() == bytes);
  CHECK(must((*store)->totals()).bytes == bytes);
  check_whole(*store);
}

TEST_CASE("the bytes of a snapshot go with it") {
  auto store = StoreFixture::with_bucket();
  must(store->put("a", big('a')));
  REQUIRE(must((*store)->take_snapshot("s")));
  must((*store)->delete_object(store->bucket, object_key("a"), {}));
  CHECK(store->stored_bytes() > 0);
  CHECK(must((*store)->remove_snapshot("s")));
  CHECK(store->stored_bytes() == 0);
  CHECK_FALSE(must((*store)->remove_snapshot("s")));
  CHECK_FALSE(must((*store)->restore_snapshot("s")));
  CHECK(must((*store)->snapshots()).empty());
  check_whole(*store);
}

TEST_CASE("a snapshot of the same name takes the other's place") {
  auto store = StoreFixture::with_bucket();
  must(store->put("a", "one"));
  REQUIRE(must((*store)->take_snapshot("s")));
  must(store->put("a", "two"));
  REQUIRE(must((*store)->take_snapshot("s")));
  must(store->put("a", "three"));
  REQUIRE(must((*store)->restore_snapshot("s")));
  CHECK(store->read("a") == "two");
  CHECK(must((*store)->snapshots()).size() == 1);
}

TEST_CASE("there are at most 100 snapshots") {
  auto store = StoreFixture::with_bucket();
  for (int i = 0; i < 100; ++i) REQUIRE(must((*store)->take_snapshot(std::to_string(i))));
  CHECK_FALSE(must((*store)->take_snapshot("one more")));
  CHECK(must((*store)->take_snapshot("7")));
  CHECK(must((*store)->snapshots()).size() == 100);
}

TEST_CASE("snapshots are there after a start") {
  auto store = StoreFixture::with_bucket();
  must(store->put("a", big('a')));
  REQUIRE(must((*store)->take_snapshot("s")));
  must((*store)->delete_object(store->bucket, object_key("a"), {}));
  store->reopen();
  CHECK(must((*store)->snapshots()).front().name == "s");
  REQUIRE(must((*store)->restore_snapshot("s")));
  CHECK(store->read("a") == big('a'));
}

TEST_CASE("a reader of what was there before a restoration is told, and frees nothing of what is there now") {
  auto store = StoreFixture::with_bucket();
  must(store->put("a", big('a')));
  REQUIRE(must((*store)->take_snapshot("s")));
  auto lease = store->lease("a");
  must((*store)->delete_object(store->bucket, object_key("a"), {}));
  REQUIRE(must((*store)->restore_snapshot("s")));
  std::string into(10, ' ');
  CHECK(refusal(lease->read(0, std::span(reinterpret_cast<std::uint8_t*>(into.data()), into.size()))) ==
        StoreErrorCode::io);
  CHECK(refusal(lease->parts(0, 10)) == StoreErrorCode::io);
  CHECK(refusal((*store)->put_object(store->bucket, object_key("copy"), Content::shared(*lease, 0, 10),
                                     StoreFixture::draft("x"))) == StoreErrorCode::io);
  lease.reset();
  CHECK(store->read("a") == big('a'));
  check_whole(*store);
}

TEST_CASE("ids that were given out after a snapshot are never given out again") {
  auto store = StoreFixture::with_bucket();
  const UploadRef kept = store->begin("k");
  must(store->part(kept, 1, "one"));
  REQUIRE(must((*store)->take_snapshot("s")));
  const UploadRef later = store->begin("k");
  const std::uint64_t revision = must(store->part(kept, 1, "two")).revision;
  REQUIRE(must((*store)->restore_snapshot("s")));
  CHECK(refusal((*store)->upload(later)) == StoreErrorCode::no_such_upload);
  CHECK(store->begin("k").id != later.id);
  CHECK(must(store->part(kept, 1, "three")).revision > revision);
}

TEST_CASE("random changes, snapshots and restorations leave a whole store") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  std::minstd_rand random(seed);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  auto store = StoreFixture::with_bucket();
  if (seed % 2 == 0) must((*store)->set_versioning(store->bucket, Versioning::enabled));
  std::map<std::string, std::vector<std::string>> kept;
  std::vector<UploadRef> uploads;
  for (int step = 0; step < 150; ++step) {
    CAPTURE(seed, step);
    const std::string key = "k" + std::to_string(below(4));
    const std::string name = "s" + std::to_string(below(3));
    switch (below(9)) {
      case 0:
      case 1:
        must(
            store->put(key, below(2) == 0 ? "small" + std::to_string(step) : big('x', 9'000 + below(1'000))));
        break;
      case 2:
        must((*store)->delete_object(store->bucket, object_key(key), {}));
        break;
      case 3:
        uploads.push_back(store->begin(key));
        break;
      case 4:
      case 5:
        if (!uploads.empty())  // it may have ended, or never have begun in this past
          static_cast<void>(store->part(uploads[below(static_cast<unsigned>(uploads.size()))], 1 + below(3),
                                        big('p', 9'000 + below(1'000))));
        break;
      case 6:
        if (!uploads.empty()) {
          const UploadRef& one = uploads[below(static_cast<unsigned>(uploads.size()))];
          const auto page = (*store)->parts(one, 0, 1);
          if (below(2) == 0) {
            if (page && !page->parts.empty()) must(store->complete(one));
          } else {
            if (page) must((*store)->abort(one));
            CHECK_FALSE((*store)->parts(one, 0, 1));
          }
        }
        break;
      case 7:
        REQUIRE(must((*store)->take_snapshot(name)));
        kept[name] = versions(*store);
        break;
      default:
        CHECK(must((*store)->restore_snapshot(name)) == kept.contains(name));
        if (kept.contains(name)) CHECK(versions(*store) == kept[name]);
    }
  }
  check_whole(*store);
  for (const auto& [name, listing] : kept) REQUIRE(must((*store)->remove_snapshot(name)));
  check_whole(*store);
}
