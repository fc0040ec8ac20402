#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

TEST_CASE("a bucket is there once it is created, and only once") {
  StoreFixture store;
  const BucketName name = bucket_name("my-bucket");
  CHECK(refusal(store->bucket(name)) == StoreErrorCode::no_such_bucket);
  const BucketInfo made = must(store->create_bucket(name, "eu-west-1"));
  const BucketInfo found = must(store->bucket(name));
  for (const auto& bucket : {made, found}) {
    CHECK(bucket.name == name);
    CHECK(bucket.region == "eu-west-1");
    CHECK(bucket.created == store.clock().now());
  }
  CHECK(refusal(store->create_bucket(name, "us-east-1")) == StoreErrorCode::bucket_exists);
  CHECK(must(store->bucket(name)).region == "eu-west-1");
}

TEST_CASE("only an empty bucket can be deleted") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", "x"));
  CHECK(refusal(store->store().delete_bucket(store->bucket)) == StoreErrorCode::bucket_not_empty);
  must(store->store().delete_object(store->bucket, object_key("k"), {}));
  CHECK(store->store().delete_bucket(store->bucket));
  CHECK(refusal(store->store().delete_bucket(store->bucket)) == StoreErrorCode::no_such_bucket);
}

TEST_CASE("open uploads do not keep a bucket, and are aborted with it") {
  auto store = StoreFixture::with_bucket();
  const UploadRef first = store->begin("a");
  const UploadRef second = store->begin("b");
  must(store->part(first, 1, big('x')));
  must(store->part(second, 1, big('y')));
  must(store->store().delete_bucket(store->bucket));
  CHECK(store->stored_bytes() == 0);
  must(store->store().create_bucket(store->bucket, ""));
  CHECK(must(store->store().list_uploads(store->bucket, {})).uploads.empty());
  CHECK(refusal(store->part(first, 2, "z")) == StoreErrorCode::no_such_upload);
}

TEST_CASE("buckets are listed by name, by prefix, a page at a time") {
  StoreFixture store;
  for (const std::string name : {"delta", "alpha", "beta-2", "beta-1", "gamma"})
    must(store->create_bucket(bucket_name(name), ""));
  struct Case {
    std::string prefix, after;
    std::uint32_t limit;
    std::vector<std::string> expected;
    bool truncated;
  };
  const std::vector<Case> cases{
      {"", "", 1000, {"alpha", "beta-1", "beta-2", "delta", "gamma"}, false},
      {"", "", 5, {"alpha", "beta-1", "beta-2", "delta", "gamma"}, false},
      {"", "", 4, {"alpha", "beta-1", "beta-2", "delta"}, true},
      {"", "beta-1", 2, {"beta-2", "delta"}, true},
      {"", "beta", 1, {"beta-1"}, true},
      {"", "zeta", 10, {}, false},
      {"beta", "", 10, {"beta-1", "beta-2"}, false},
      {"beta", "", 1, {"beta-1"}, true},
      {"beta", "beta-1", 10, {"beta-2"}, false},
      {"beta", "alpha", 10, {"beta-1", "beta-2"}, false},
      {"beta", "delta", 10, {}, false},
      {"none", "", 10, {}, false},
      {"", "", 0, {}, false},
  };
  for (const Case& one : cases) {
    CAPTURE(one.prefix, one.after, one.limit);
    const BucketPage page = must(store->buckets(one.prefix, one.after, one.limit));
    std::vector<std::string> names;
    for (const auto& bucket : page.buckets) names.push_back(bucket.name.text());
    CHECK(names == one.expected);
    CHECK(page.truncated == one.truncated);
  }
}

TEST_CASE("a bucket keeps one document of each kind, until it is replaced or removed or the bucket ends") {
  auto store = StoreFixture::with_bucket();
  auto& api = store->store();
  const auto text = [&](BucketDocument kind) { return must(api.bucket_document(store->bucket, kind)); };
  CHECK(text(BucketDocument::cors) == std::nullopt);
  must(api.set_bucket_document(store->bucket, BucketDocument::cors, "one"));
  must(api.set_bucket_document(store->bucket, BucketDocument::tagging, "tags"));
  must(api.set_bucket_document(store->bucket, BucketDocument::cors, "two"));
  CHECK(text(BucketDocument::cors) == "two");
  CHECK(text(BucketDocument::tagging) == "tags");
  CHECK(text(BucketDocument::lifecycle) == std::nullopt);
  must(api.set_bucket_document(store->bucket, BucketDocument::tagging, std::nullopt));
  CHECK(text(BucketDocument::tagging) == std::nullopt);
  must(api.delete_bucket(store->bucket));
  CHECK(refusal(api.bucket_document(store->bucket, BucketDocument::cors)) == StoreErrorCode::no_such_bucket);
  CHECK(refusal(api.set_bucket_document(store->bucket, BucketDocument::cors, "x")) ==
        StoreErrorCode::no_such_bucket);
  must(api.create_bucket(store->bucket, ""));
  CHECK(text(BucketDocument::cors) == std::nullopt);
}

TEST_CASE("the number of the documents is another one after whatever may change one, and no other write") {
  auto store = StoreFixture::with_bucket();
  auto& api = store->store();
  std::uint64_t last = api.bucket_documents_revision();
  const auto changed = [&] { return std::exchange(last, api.bucket_documents_revision()) != last; };
  must(store->put("k", "bytes"));
  must(api.take_snapshot("before"));
  CHECK_FALSE(changed());
  must(api.set_bucket_document(store->bucket, BucketDocument::cors, "one"));
  CHECK(changed());
  must(api.set_bucket_document(store->bucket, BucketDocument::cors, std::nullopt));
  CHECK(changed());
  must(api.restore_snapshot("before"));
  CHECK(changed());
  must(api.delete_object(store->bucket, object_key("k"), {}));
  must(api.delete_bucket(store->bucket));
  CHECK(changed());
}
