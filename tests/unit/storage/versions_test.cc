// Buckets with versions: what a put and a completed upload make of a key, and what is read.

#include "versioned_store.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

TEST_CASE("a bucket has no versions until they are enabled, and tells whether it has") {
  auto store = StoreFixture::with_bucket();
  CHECK(must((*store)->bucket(store->bucket)).versioning == Versioning::unversioned);
  must((*store)->set_versioning(store->bucket, Versioning::enabled));
  store->reopen();
  CHECK(must((*store)->bucket(store->bucket)).versioning == Versioning::enabled);
  must((*store)->set_versioning(store->bucket, Versioning::suspended));
  CHECK(must((*store)->buckets("", "", 10)).buckets.front().versioning == Versioning::suspended);
  CHECK(refusal((*store)->set_versioning(bucket_name("another"), Versioning::enabled)) ==
        StoreErrorCode::no_such_bucket);
  CHECK_THROWS_AS((*store)->set_versioning(store->bucket, Versioning::unversioned), std::invalid_argument);
}

TEST_CASE("with versions each put is a version of its own, and the newest is what one sees") {
  VersionedStore store;
  const VersionId first = store.put("key", "a");
  const VersionId second = store.put("key", "bb");
  CHECK(first != second);
  CHECK(store.read("key") == "bb");
  CHECK(store.read("key", first) == "a");
  CHECK(store.read("key", second) == "bb");
  CHECK(must(store.store()->object(store.bucket(), object_key("key"))).version == second);
  CHECK(store.list() == Lines{"key=2*", "key=1"});
  CHECK(store.visible() == Lines{"key=2*"});
}

TEST_CASE("the object from before versions is the null version") {
  auto store = StoreFixture::with_bucket();
  must(store->put("key", "before"));
  must((*store)->set_versioning(store->bucket, Versioning::enabled));
  must(store->put("key", "after"));
  CHECK(StoreFixture::read_all(
            *must((*store)->open_object(store->bucket, object_key("key"), VersionId::null()))) == "before");
  CHECK(store->read("key") == "after");
}

TEST_CASE("with versions suspended a put takes the place of the null version and leaves the others") {
  VersionedStore store;
  store.put("key", "a");
  store.set(Versioning::suspended);
  CHECK(store.put("key", big('b')).is_null());
  CHECK(store.put("key", big('c', 90'000)).is_null());
  CHECK(store.list() == Lines{"key=90000n*", "key=1"});
  CHECK(store.store().stored_bytes() == 90'000);
  store.set(Versioning::enabled);
  store.put("key", "dddd");
  CHECK(store.list() == Lines{"key=4*", "key=90000n", "key=1"});
  store.set(Versioning::suspended);
  store.put("key", "eeeee");
  CHECK(store.list() == Lines{"key=5n*", "key=4", "key=1"});
  CHECK(store.store().stored_bytes() == 0);
}

TEST_CASE("a version belongs to its key and bucket") {
  VersionedStore store;
  const VersionId version = store.put("key", "a");
  store.put("other", "b");
  must(store.store()->create_bucket(bucket_name("another"), "us-east-1"));
  CHECK(store.refused("other", version) == StoreErrorCode::no_such_version);
  CHECK(refusal(store.store()->object(bucket_name("another"), object_key("key"), version)) ==
        StoreErrorCode::no_such_version);
  store.remove("other", version);
  CHECK(store.read("key", version) == "a");
}

TEST_CASE("conditions look at what can be seen") {
  VersionedStore store;
  store.put("key", "a");
  store.put("key", "b");
  const auto& put = [&](const WriteCondition& condition) {
    return refusal(store.store().put("key", "c", condition));
  };
  CHECK(put({.must_not_exist = true, .must_match = {}}) == StoreErrorCode::precondition_failed);
  CHECK(put({.must_not_exist = false, .must_match = etag_of("a")}) == StoreErrorCode::precondition_failed);
  CHECK(put({.must_not_exist = false, .must_match = etag_of("b")}) == std::nullopt);
  store.remove("key");
  CHECK(put({.must_not_exist = false, .must_match = etag_of("c")}) == StoreErrorCode::no_such_key);
  CHECK(put({.must_not_exist = true, .must_match = {}}) == std::nullopt);
  CHECK(store.list() == Lines{"key=1*", "key=gone", "key=1", "key=1", "key=1"});
}

TEST_CASE("a completed upload is a version, and begun earlier it is older than what was put meanwhile") {
  VersionedStore store;
  const UploadRef upload = store.store().begin("key");
  must(store.store().part(upload, 1, "parts"));
  SECTION("of uploads and puts, the one begun last is the latest") {
    store.put("key", "a");
    const ObjectInfo made = must(store.store().complete(upload));
    CHECK_FALSE(made.latest);
    CHECK(store.list() == Lines{"key=1*", "key=5"});
    CHECK(store.read("key") == "a");
    CHECK(store.read("key", made.version) == "parts");
    CHECK(must(store.store()->completed(upload)).version == made.version);
  }
  SECTION("a delete marker that was made meanwhile hides it") {
    store.remove("key");
    must(store.store().complete(upload));
    CHECK(store.list() == Lines{"key=gone*", "key=5"});
    CHECK(store.visible().empty());
  }
  SECTION("with versions suspended the null version that was put meanwhile stays") {
    store.set(Versioning::suspended);
    store.put("key", big('a'));
    CHECK(must(store.store().complete(upload)).version.is_null());
    CHECK(store.list() == Lines{"key=100000n*"});
    CHECK(store.store().stored_bytes() == 100'000);
  }
  SECTION("and stays the latest") {
    store.put("key", "a");
    store.set(Versioning::suspended);
    store.put("key", "bb");
    must(store.store().complete(upload));
    CHECK(store.list() == Lines{"key=2n*", "key=1"});
  }
}

TEST_CASE("a version that is read stays until it has been, though it ends") {
  VersionedStore store;
  const VersionId version = store.put("key", big('a'));
  store.put("key", "b");
  auto lease = must(store.store()->open_object(store.bucket(), object_key("key"), version));
  store.remove("key", version);
  CHECK(StoreFixture::read_all(*lease) == big('a'));
  lease.reset();
  CHECK(store.store().stored_bytes() == 0);
}

TEST_CASE("a copy of an older version shares its bytes and outlives it") {
  VersionedStore store;
  const VersionId version = store.put("key", big('a'));
  store.put("key", "b");
  {
    const auto source = must(store.store()->open_object(store.bucket(), object_key("key"), version));
    must(store.store()->put_object(store.bucket(), object_key("copy"), Content::shared(*source, 0, 100'000),
                                   StoreFixture::draft(big('a'))));
  }
  store.remove("key", version);
  CHECK(store.read("copy") == big('a'));
  CHECK(store.store().stored_bytes() == 100'000);
}

TEST_CASE("tags are of one version, and replacing them changes nothing else") {
  VersionedStore store;
  const VersionId first = store.put("key", "a");
  store.put("key", "b");
  const ObjectInfo before = must(store.store()->object(store.bucket(), object_key("key"), first));
  store.store().clock().advance(std::chrono::seconds(5));
  const NameValues tags{{"colour", "red"}, {"size", ""}};
  const auto change = [&](ObjectAttributes& attributes) { attributes.tags = tags; };
  const ObjectInfo tagged =
      must(store.store()->change_attributes(store.bucket(), object_key("key"), first, change));
  CHECK(tagged.version == first);
  const ObjectInfo after = must(store.store()->object(store.bucket(), object_key("key"), first));
  CHECK(after.attributes.tags == tags);
  CHECK(after.modified == before.modified);
  CHECK(must(store.store()->object(store.bucket(), object_key("key"))).attributes.tags.empty());
  const Deletion gone = store.remove("key");
  const auto set = [&](const std::optional<VersionId>& version) {
    return refusal(store.store()->change_attributes(store.bucket(), object_key("key"), version, change));
  };
  CHECK(set({}) == StoreErrorCode::no_such_key);
  CHECK(set(gone.version) == StoreErrorCode::is_delete_marker);
  CHECK(set(VersionId::null()) == StoreErrorCode::no_such_version);
}
