// Buckets with versions: what a put, a deletion and a completed upload make of a key, and what listings tell.

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

/// A store whose bucket has versions.
class VersionedStore {
 public:
  VersionedStore() { set(Versioning::enabled); }

  void set(Versioning versioning) { must(store()->set_versioning(bucket(), versioning)); }
  StoreFixture& store() { return *store_; }
  const BucketName& bucket() const { return store_->bucket; }

  VersionId put(std::string_view key, std::string_view text) { return must(store_->put(key, text)).version; }
  Deletion remove(std::string_view key, const std::optional<VersionId>& version = {}) {
    return must(store()->delete_object(bucket(), object_key(key), {}, version));
  }
  std::string read(std::string_view key, const std::optional<VersionId>& version = {}) {
    return StoreFixture::read_all(*must(store()->open_object(bucket(), object_key(key), version)));
  }
  std::optional<StoreErrorCode> refused(std::string_view key, const std::optional<VersionId>& version = {}) {
    return refusal(store()->object(bucket(), object_key(key), version));
  }

  /// Each version as `key=size`, or `key=gone` for a delete marker; `*` after the latest, `n` after null.
  std::vector<std::string> list(const VersionQuery& query = {}) {
    std::vector<std::string> lines;
    for (const ObjectInfo& one : must(store()->list_versions(bucket(), query)).versions)
      lines.push_back(line(one));
    return lines;
  }
  static std::string line(const ObjectInfo& one) {
    return one.key.text() + "=" + (one.delete_marker ? "gone" : std::to_string(one.size)) +
           (one.version.is_null() ? "n" : "") + (one.latest ? "*" : "");
  }
  std::vector<std::string> visible() {
    std::vector<std::string> keys;
    for (const ObjectInfo& one : must(store()->list_objects(bucket(), {})).objects) keys.push_back(line(one));
    return keys;
  }

  ~VersionedStore() {
    store_->close();
    CHECK(inconsistencies(store_->folder()).empty());
  }

 private:
  std::unique_ptr<StoreFixture> store_ = StoreFixture::with_bucket();
};

using Lines = std::vector<std::string>;

}  // namespace

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

TEST_CASE("without versions, listing them gives the null version of each object") {
  auto store = StoreFixture::with_bucket();
  must(store->put("a", "1"));
  must(store->put("a", "22"));
  must(store->put("b", "333"));
  const VersionPage page = must((*store)->list_versions(store->bucket, {}));
  REQUIRE(page.versions.size() == 2);
  CHECK(VersionedStore::line(page.versions[0]) == "a=2n*");
  CHECK(VersionedStore::line(page.versions[1]) == "b=3n*");
  CHECK(page.versions[0].versioning == Versioning::unversioned);
  const Deletion deletion =
      must((*store)->delete_object(store->bucket, object_key("a"), {}, VersionId::null()));
  CHECK(deletion.version == VersionId::null());
  CHECK_FALSE(deletion.delete_marker);
  CHECK(store->blob_files().empty());
  CHECK(refusal((*store)->object(store->bucket, object_key("a"))) == StoreErrorCode::no_such_key);
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
  SECTION("with versions suspended it takes the place of the null version") {
    store.set(Versioning::suspended);
    store.put("key", big('a'));
    CHECK(must(store.store().complete(upload)).version.is_null());
    CHECK(store.list() == Lines{"key=5n*"});
    CHECK(store.store().stored_bytes() == 0);
  }
  SECTION("of a null version that was newer the latest mark goes to what is left") {
    store.put("key", "a");
    store.set(Versioning::suspended);
    store.put("key", "bb");
    must(store.store().complete(upload));
    CHECK(store.list() == Lines{"key=1*", "key=5n"});
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

TEST_CASE("versions are listed by key, newest first, a page at a time, grouped at a delimiter") {
  VersionedStore store;
  for (const char* key : {"a", "b/1", "a", "b/2", "c", "a", "b/1"}) store.put(key, "x");
  store.remove("c");
  store.set(Versioning::suspended);
  store.put("a", "null");
  const Lines all = store.list();
  CHECK(all == Lines{"a=4n*", "a=1", "a=1", "a=1", "b/1=1*", "b/1=1", "b/2=1*", "c=gone*", "c=1"});

  const auto [delimiter, expected] =
      GENERATE(std::pair<std::string, std::size_t>{"", 9}, std::pair<std::string, std::size_t>{"/", 7});
  const auto limit = GENERATE(1U, 2U, 3U, 4U, 9U);
  CAPTURE(delimiter, limit);
  VersionQuery query{
      .prefix = {}, .delimiter = delimiter, .key_marker = {}, .version_marker = {}, .limit = limit};
  Lines paged;
  std::size_t entries = 0;
  for (bool more = true; more;) {
    const VersionPage page = must(store.store()->list_versions(store.bucket(), query));
    for (const ObjectInfo& one : page.versions) paged.push_back(VersionedStore::line(one));
    entries += page.versions.size() + page.common_prefixes.size();
    for (const std::string& prefix : page.common_prefixes) CHECK(prefix == "b/");
    CHECK(page.versions.size() + page.common_prefixes.size() <= limit);
    more = page.truncated;
    query.key_marker = page.next_key_marker;
    query.version_marker = page.next_version_marker;
  }
  CHECK(entries == expected);
  if (delimiter.empty()) {
    CHECK(paged == all);
  } else {
    CHECK(paged == Lines{"a=4n*", "a=1", "a=1", "a=1", "c=gone*", "c=1"});
  }
}

TEST_CASE("a version marker has its place when its version has gone") {
  VersionedStore store;
  std::vector<VersionId> versions;
  for (int i = 0; i < 4; ++i)
    versions.push_back(store.put("key", std::string(static_cast<std::size_t>(i), 'x')));
  store.remove("key", versions[2]);
  VersionQuery query;
  query.key_marker = "key";
  query.version_marker = versions[2];
  CHECK(store.list(query) == Lines{"key=1", "key=0"});
  store.remove("key", versions[3]);
  CHECK(store.list(query) == Lines{"key=1*", "key=0"});  // now the latest
  query.version_marker.reset();
  CHECK(store.list(query).empty());
  query.version_marker = VersionId::null();  // no place: all of the key
  CHECK(store.list(query) == Lines{"key=1*", "key=0"});
}

TEST_CASE("a page of versions can be deleted before the next one is asked for") {
  VersionedStore store;
  store.set(Versioning::suspended);
  store.put("a", "x");
  store.set(Versioning::enabled);
  for (int i = 0; i < 5; ++i) {
    store.put("a", "x");
    store.remove("b");
  }
  VersionQuery query;
  query.limit = 2;
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const VersionPage page = must(store.store()->list_versions(store.bucket(), query));
    for (const ObjectInfo& one : page.versions) store.remove(one.key.text(), one.version);
    more = page.truncated;
    query.key_marker = page.next_key_marker;
    query.version_marker = page.next_version_marker;
  }
  CHECK(pages == 6);
  CHECK(store.list().empty());
  must(store.store()->delete_bucket(store.bucket()));
}
