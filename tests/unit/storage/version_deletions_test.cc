// Buckets with versions: what a deletion makes of a key, and what is left of it.

#include "versioned_store.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

TEST_CASE("a deletion makes a delete marker, which hides the object and can be taken away") {
  VersionedStore store;
  const VersionId object = store.put("key", "a");
  const Deletion deletion = store.remove("key");
  CHECK(deletion.delete_marker);
  REQUIRE(deletion.version);
  CHECK_FALSE(deletion.version->is_null());
  CHECK(store.list() == Lines{"key=gone*", "key=1"});
  CHECK(store.visible().empty());
  CHECK(store.read("key", object) == "a");

  const auto missing = store.store()->object(store.bucket(), object_key("key"));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == StoreErrorCode::no_such_key);
  REQUIRE(missing.error().marker);
  CHECK(missing.error().marker->version == *deletion.version);
  const auto named = store.store()->object(store.bucket(), object_key("key"), deletion.version);
  REQUIRE_FALSE(named);
  CHECK(named.error().code == StoreErrorCode::is_delete_marker);
  CHECK(named.error().marker->modified == store.store().clock().now());

  const Deletion undone = store.remove("key", deletion.version);
  CHECK(undone.delete_marker);
  CHECK(undone.version == deletion.version);
  CHECK(store.read("key") == "a");
  CHECK(store.list() == Lines{"key=1*"});
}

TEST_CASE("each deletion makes a marker, also where there is no object") {
  VersionedStore store;
  CHECK(store.remove("never").delete_marker);
  store.remove("never");
  CHECK(store.list() == Lines{"never=gone*", "never=gone"});
  CHECK(store.refused("never") == StoreErrorCode::no_such_key);
  store.put("never", "a");
  CHECK(store.list() == Lines{"never=1*", "never=gone", "never=gone"});
}

TEST_CASE("with versions suspended a deletion replaces the null version by a null marker") {
  VersionedStore store;
  store.put("key", "a");
  store.set(Versioning::suspended);
  store.put("key", big('b'));
  const Deletion deletion = store.remove("key");
  CHECK(deletion.delete_marker);
  CHECK(deletion.version == VersionId::null());
  CHECK(store.list() == Lines{"key=gonen*", "key=1"});
  CHECK(store.store().stored_bytes() == 0);
  store.remove("key");
  CHECK(store.list() == Lines{"key=gonen*", "key=1"});
  store.put("key", "ccc");
  CHECK(store.list() == Lines{"key=3n*", "key=1"});
  store.remove("key");
  store.remove("key", VersionId::null());
  CHECK(store.list() == Lines{"key=1*"});
}

TEST_CASE("a version that is named ends for good, and the next older one is the latest") {
  VersionedStore store;
  const VersionId first = store.put("key", big('a'));
  const VersionId second = store.put("key", big('b', 50'000));
  const VersionId third = store.put("key", "ccc");
  CHECK(store.remove("key", second).version == second);
  CHECK(store.list() == Lines{"key=3*", "key=100000"});
  CHECK(store.store().stored_bytes() == 100'000);
  CHECK_FALSE(store.remove("key", third).delete_marker);
  CHECK(store.read("key") == big('a'));
  CHECK(store.list() == Lines{"key=100000*"});
  CHECK(store.remove("key", second).version == second);  // again
  CHECK(store.refused("key", second) == StoreErrorCode::no_such_version);
  store.remove("key", first);
  CHECK(store.list().empty());
  CHECK(store.store().stored_bytes() == 0);
}

TEST_CASE("a deletion with a condition looks at the version it would end") {
  VersionedStore store;
  const VersionId first = store.put("key", "a");
  store.put("key", "b");
  const auto remove = [&](std::string_view text, const std::optional<VersionId>& version) {
    return refusal(store.store()->delete_object(store.bucket(), object_key("key"), etag_of(text), version));
  };
  CHECK(remove("a", {}) == StoreErrorCode::precondition_failed);
  CHECK(remove("b", first) == StoreErrorCode::precondition_failed);
  CHECK(store.list() == Lines{"key=1*", "key=1"});
  CHECK(remove("a", first) == std::nullopt);
  CHECK(remove("b", {}) == std::nullopt);
  CHECK(store.list() == Lines{"key=gone*", "key=1"});
}

TEST_CASE("a bucket with a version or a delete marker left is not empty") {
  VersionedStore store;
  const VersionId version = store.put("key", "a");
  const Deletion marker = store.remove("key");
  CHECK(refusal(store.store()->delete_bucket(store.bucket())) == StoreErrorCode::bucket_not_empty);
  store.remove("key", version);
  CHECK(refusal(store.store()->delete_bucket(store.bucket())) == StoreErrorCode::bucket_not_empty);
  store.remove("key", marker.version);
  must(store.store()->delete_bucket(store.bucket()));
}
