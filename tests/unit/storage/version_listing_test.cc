// Versions are listed by key, newest first, a page at a time.

#include "versioned_store.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

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
