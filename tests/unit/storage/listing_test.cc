// Listings of objects and uploads: prefixes, delimiters, markers, pages; by cases, and against a plain twin.

#include <algorithm>
#include <map>
#include <random>

#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

using Texts = std::vector<std::string>;

Texts keys_of(const ObjectPage& page) {
  Texts keys;
  for (const auto& object : page.objects) keys.push_back(object.key.text());
  return keys;
}

ObjectPage list(StoreFixture& store, const std::string& prefix, const std::string& delimiter,
                const std::string& after, std::uint32_t limit = 1000) {
  return must(store->list_objects(store.bucket, {prefix, delimiter, after, limit}));
}

/// What a listing is, said plainly: over all keys in order, without seeking.
ObjectPage plain_list(const std::set<std::string>& keys, const ObjectQuery& query, Texts& object_keys) {
  ObjectPage page;
  std::uint32_t given = 0;
  if (query.limit == 0) return page;
  for (const std::string& key : keys) {
    if (!key.starts_with(query.prefix)) continue;
    std::string entry = key;
    bool group = false;
    if (!query.delimiter.empty()) {
      const auto found = key.find(query.delimiter, query.prefix.size());
      if (found != std::string::npos) {
        entry = key.substr(0, found + query.delimiter.size());
        group = true;
      }
    }
    if (!query.start_after.empty() && entry <= query.start_after) continue;
    if (group && !page.common_prefixes.empty() && page.common_prefixes.back() == entry) continue;
    if (given == query.limit) {
      page.truncated = true;
      break;
    }
    ++given;
    (group ? page.common_prefixes : object_keys).push_back(entry);
    page.next = entry;
  }
  return page;
}

}  // namespace

TEST_CASE("objects are listed in the order of their bytes") {
  auto store = StoreFixture::with_bucket();
  const Texts sorted{
      std::string("\0", 1), "A", "B", "a", std::string("a\0", 2), "a!", "aa", "\xC3\xA9", "\xE2\x82\xAC",
      "\xF0\x9F\x98\x80"};
  for (auto key = sorted.rbegin(); key != sorted.rend(); ++key) must(store->put(*key, "x"));
  CHECK(keys_of(list(*store, "", "", "")) == sorted);
}

TEST_CASE("a listing of objects tells what object() tells") {
  auto store = StoreFixture::with_bucket();
  store->put_multipart("m", {"abc", "de"});
  const ObjectInfo listed = list(*store, "", "", "").objects.at(0);
  CHECK(listed.size == 5);
  CHECK(listed.multipart);
  CHECK(listed.part_count == 2);
  CHECK(listed.etag == etag_of("multipart"));
}

TEST_CASE("prefix, delimiter, marker and limit select as S3 says") {
  auto store = StoreFixture::with_bucket();
  for (const std::string key : {"a", "b/1", "b/2", "b/c/3", "b0", "c/", "c/x", "d--e", "d--f--g", "d-h"})
    must(store->put(key, "x"));
  struct Case {
    std::string prefix, delimiter, after;
    std::uint32_t limit;
    Texts keys, groups;
    bool truncated;
    std::string next;
  };
  const std::vector<Case> cases{
      {"",
       "",
       "",
       1000,
       {"a", "b/1", "b/2", "b/c/3", "b0", "c/", "c/x", "d--e", "d--f--g", "d-h"},
       {},
       false,
       "d-h"},
      {"", "/", "", 1000, {"a", "b0", "d--e", "d--f--g", "d-h"}, {"b/", "c/"}, false, "d-h"},
      {"b/", "/", "", 1000, {"b/1", "b/2"}, {"b/c/"}, false, "b/c/"},
      {"b/", "", "b/1", 1000, {"b/2", "b/c/3"}, {}, false, "b/c/3"},
      {"b", "/", "", 1000, {"b0"}, {"b/"}, false, "b0"},
      {"d", "--", "", 1000, {"d-h"}, {"d--"}, false, "d-h"},
      {"d--", "--", "", 1000, {"d--e"}, {"d--f--"}, false, "d--f--"},
      {"c/", "/", "", 1000, {"c/", "c/x"}, {}, false, "c/x"},
      {"zz", "", "", 1000, {}, {}, false, ""},
      {"", "/", "", 2, {"a"}, {"b/"}, true, "b/"},
      {"", "/", "b/", 2, {"b0"}, {"c/"}, true, "c/"},
      {"", "/", "c/", 3, {"d--e", "d--f--g", "d-h"}, {}, false, "d-h"},
      {"", "/", "b/1", 2, {"b0"}, {"c/"}, true, "c/"},
      {"", "/", "b", 1, {}, {"b/"}, true, "b/"},
      {"", "", "a", 1, {"b/1"}, {}, true, "b/1"},
      {"b/", "/", "a", 1000, {"b/1", "b/2"}, {"b/c/"}, false, "b/c/"},
      {"b/", "/", "c", 1000, {}, {}, false, ""},
      {"", "", "d-h", 1000, {}, {}, false, ""},
      {"", "/", "", 7, {"a", "b0", "d--e", "d--f--g", "d-h"}, {"b/", "c/"}, false, "d-h"},
      {"", "/", "", 0, {}, {}, false, ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.prefix, one.delimiter, one.after, one.limit);
    const ObjectPage page = list(*store, one.prefix, one.delimiter, one.after, one.limit);
    CHECK(keys_of(page) == one.keys);
    CHECK(page.common_prefixes == one.groups);
    CHECK(page.truncated == one.truncated);
    CHECK(page.next == one.next);
  }
}

TEST_CASE("listings are those of the plain twin, page after page") {
  auto store = StoreFixture::with_bucket();
  std::mt19937 random(20261122);
  const auto text = [&](std::size_t longest) {
    const std::string letters("ab/\0\xC3\xA9", 4);  // few letters make many groups
    std::string made;
    for (auto size = random() % (longest + 1); size > 0; --size) made += letters[random() % letters.size()];
    return made;
  };
  std::set<std::string> keys;
  while (keys.size() < 120) {
    const std::string key = text(6);
    if (!key.empty()) keys.insert(key);
  }
  for (const auto& key : keys) must(store->put(key, "x"));
  for (int round = 0; round < 400; ++round) {
    ObjectQuery query{text(2), text(2), random() % 2 == 0 ? "" : text(4),
                      1 + static_cast<std::uint32_t>(random() % 7)};
    for (bool more = true; more;) {
      Texts expected_keys;
      const ObjectPage expected = plain_list(keys, query, expected_keys);
      const ObjectPage page = must(store->store().list_objects(store->bucket, query));
      CAPTURE(query.prefix, query.delimiter, query.start_after, query.limit);
      REQUIRE(keys_of(page) == expected_keys);
      REQUIRE(page.common_prefixes == expected.common_prefixes);
      REQUIRE(page.truncated == expected.truncated);
      REQUIRE(page.next == expected.next);
      more = page.truncated;
      query.start_after = page.next;
    }
  }
}

namespace {

std::vector<std::pair<std::string, std::string>> uploads_of(const UploadPage& page) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& upload : page.uploads) found.emplace_back(upload.key.text(), upload.id.text());
  return found;
}

}  // namespace

TEST_CASE("uploads are listed by key, then by initiation") {
  auto store = StoreFixture::with_bucket();
  std::vector<std::pair<std::string, std::string>> expected;
  std::map<std::string, Texts> ids;
  for (const std::string key : {"b", "a", "b", "c", "a", "b"})
    ids[key].push_back(store->begin(key).id.text());
  for (const auto& [key, of_key] : ids) {
    for (const auto& id : of_key) expected.emplace_back(key, id);
  }
  CHECK(uploads_of(must(store->store().list_uploads(store->bucket, {}))) == expected);

  // Page after page, whatever the pages' size.
  for (std::uint32_t limit = 1; limit <= 7; ++limit) {
    std::vector<std::pair<std::string, std::string>> found;
    UploadQuery query;
    query.limit = limit;
    for (bool more = true; more;) {
      const UploadPage page = must(store->store().list_uploads(store->bucket, query));
      for (auto& one : uploads_of(page)) found.push_back(one);
      CHECK(page.truncated == (found.size() < expected.size()));
      more = page.truncated;
      query.key_marker = page.next_key_marker;
      query.upload_id_marker = page.next_upload_id_marker;
    }
    CHECK(found == expected);
  }
}

TEST_CASE("an upload id marker has its place when its upload has gone") {
  auto store = StoreFixture::with_bucket();
  std::vector<UploadRef> uploads;
  for (int i = 0; i < 4; ++i) uploads.push_back(store->begin("k"));
  must(store->store().abort(uploads[1]));
  UploadQuery query;
  query.key_marker = "k";
  query.upload_id_marker = uploads[1].id.text();
  const std::vector<std::pair<std::string, std::string>> expected{{"k", uploads[2].id.text()},
                                                                  {"k", uploads[3].id.text()}};
  CHECK(uploads_of(must(store->store().list_uploads(store->bucket, query))) == expected);
}

TEST_CASE("without an upload id marker, a key marker passes over its key") {
  auto store = StoreFixture::with_bucket();
  store->begin("a");
  store->begin("a");
  const UploadRef other = store->begin("b");
  UploadQuery query;
  query.key_marker = "a";
  CHECK(uploads_of(must(store->store().list_uploads(store->bucket, query))) ==
        std::vector<std::pair<std::string, std::string>>{{"b", other.id.text()}});
}

TEST_CASE("an upload id marker that is none, or of another key, is refused") {
  auto store = StoreFixture::with_bucket();
  store->begin("a");
  const UploadRef other = store->begin("b");
  for (const std::string& marker : {std::string("nonsense"), other.id.text()}) {
    UploadQuery query;
    query.key_marker = "a";
    query.upload_id_marker = marker;
    CHECK(refusal(store->store().list_uploads(store->bucket, query)) == StoreErrorCode::foreign_marker);
    CHECK(refusal(store->store().list_uploads(bucket_name("missing"), query)) ==
          StoreErrorCode::no_such_bucket);
  }
}

TEST_CASE("an upload id marker without a key marker is ignored") {
  auto store = StoreFixture::with_bucket();
  store->begin("a");
  UploadQuery query;
  query.upload_id_marker = store->begin("b").id.text();
  CHECK(must(store->store().list_uploads(store->bucket, query)).uploads.size() == 2);
}

TEST_CASE("uploads are grouped at a delimiter like objects") {
  auto store = StoreFixture::with_bucket();
  for (const std::string key : {"a", "b/1", "b/1", "b/2", "c/3", "d", "d"}) store->begin(key);
  UploadQuery query;
  query.delimiter = "/";
  query.limit = 2;
  Texts keys;
  Texts groups;
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const UploadPage page = must(store->store().list_uploads(store->bucket, query));
    for (const auto& upload : page.uploads) keys.push_back(upload.key.text());
    groups.insert(groups.end(), page.common_prefixes.begin(), page.common_prefixes.end());
    more = page.truncated;
    query.key_marker = page.next_key_marker;
    query.upload_id_marker = page.next_upload_id_marker;
    if (page.next_key_marker == "b/") CHECK(page.next_upload_id_marker.empty());
  }
  CHECK(keys == Texts{"a", "d", "d"});
  CHECK(groups == Texts{"b/", "c/"});
  CHECK(pages == 3);
  query = {};
  query.prefix = "b/";
  CHECK(must(store->store().list_uploads(store->bucket, query)).uploads.size() == 3);
  query.limit = 0;
  CHECK_FALSE(must(store->store().list_uploads(store->bucket, query)).truncated);
}

TEST_CASE("uploads and objects of other buckets are not listed") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", "x"));
  store->begin("k");
  const BucketName other = bucket_name("the-buckets");
  must(store->store().create_bucket(other, ""));
  CHECK(must(store->store().list_objects(other, {})).objects.empty());
  CHECK(must(store->store().list_uploads(other, {})).uploads.empty());
  CHECK(refusal(store->store().list_uploads(bucket_name("missing"), {})) == StoreErrorCode::no_such_bucket);
}

TEST_CASE("each entry of a page has its own attributes") {
  auto store = StoreFixture::with_bucket();
  const Texts colours{"", "", "red", "red", "blue", "", "blue"};
  const auto attributes_of = [](const std::string& colour) {
    ObjectAttributes attributes;
    if (!colour.empty()) attributes.user_metadata = {{"colour", colour}};
    return attributes;
  };
  for (std::size_t n = 0; n < colours.size(); ++n) {
    const ObjectKey key = object_key("k" + std::to_string(n));
    ObjectDraft draft = StoreFixture::draft("x");
    draft.attributes = attributes_of(colours[n]);
    must(store->store().put_object(store->bucket, key, store->content("x"), draft));
    must(store->store().create_upload(store->bucket, key, draft.attributes, {}, {}));
  }
  const ObjectPage page = list(*store, "", "", "");
  const UploadPage uploads = must(store->store().list_uploads(store->bucket, {}));
  const VersionPage versions = must(store->store().list_versions(store->bucket, {}));
  REQUIRE(page.objects.size() == colours.size());
  REQUIRE(uploads.uploads.size() == colours.size());
  REQUIRE(versions.versions.size() == colours.size());
  for (std::size_t n = 0; n < colours.size(); ++n) {
    CAPTURE(n);
    const NameValues expected = attributes_of(colours[n]).user_metadata;
    CHECK(page.objects[n].attributes.user_metadata == expected);
    CHECK(uploads.uploads[n].attributes.user_metadata == expected);
    CHECK(versions.versions[n].attributes.user_metadata == expected);
  }
}
