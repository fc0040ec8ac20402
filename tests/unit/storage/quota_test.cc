// The upper size of a store: what does not fit is refused whole, and room that is freed can be used at once.

#include <partsmith/storage/fsck.h>

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

class SmallStore {
 public:
  explicit SmallStore(std::optional<std::uint64_t> quota) { open(quota); }
  ~SmallStore() {
    store_.reset();
    CHECK(inconsistencies(folder_.path()) == std::vector<std::string>{});
    const auto summary = fsck_local_store({.folder = folder_.path()});
    REQUIRE(summary);
    CHECK(summary->problems == 0);
  }
  void open(std::optional<std::uint64_t> quota) {
    store_.reset();
    auto opened = open_local_store({.folder = folder_.path(), .clock = &clock_, .quota = quota});
    if (!opened) throw std::runtime_error(opened.error());
    store_ = std::move(*opened);
    if (!store_->bucket(bucket)) must(store_->create_bucket(bucket, "us-east-1"));
  }
  Store* operator->() { return store_.get(); }

  Result<ObjectInfo> put(std::string_view key, std::uint64_t size) {
    auto content = written(size);
    if (!content) return std::unexpected(content.error());
    return store_->put_object(bucket, object_key(key), std::move(*content), StoreFixture::draft("x"));
  }
  Result<Content> written(std::uint64_t size) {
    auto writer = store_->new_blob(std::nullopt);
    if (!writer) return std::unexpected(writer.error());
    if (auto done = (*writer)->write(as_bytes(big('x', size))); !done) return std::unexpected(done.error());
    return Content::written(std::move(*writer));
  }
  std::uint64_t bytes_on_disk() const {
    return bytes_below(folder_.path() / "blobs") + bytes_below(folder_.path() / "incoming");
  }

  BucketName bucket = bucket_name("the-bucket");

 private:
  TemporaryFolder folder_;
  SystemClock clock_;
  std::unique_ptr<Store> store_;
};

}  // namespace

TEST_CASE("a store takes exactly as many bytes as its quota, in files and in the database") {
  SmallStore store(200'000);
  must(store.put("file", 199'990));
  CHECK(refusal(store.put("inline", 11)) == StoreErrorCode::out_of_space);
  must(store.put("inline", 10));
  CHECK(refusal(store.put("one", 1)) == StoreErrorCode::out_of_space);
  must(store.put("none", 0));
  CHECK(store.bytes_on_disk() == 199'990);
}

TEST_CASE("a body that is announced too large is refused before its bytes are taken") {
  SmallStore store(1000);
  CHECK(refusal(store->new_blob(1001)) == StoreErrorCode::out_of_space);
  CHECK(refusal(store->new_blob(1000)) == std::nullopt);
}

TEST_CASE("a body that outgrows the quota leaves nothing, and its room is free at once") {
  SmallStore store(300'000);
  {
    auto writer = must(store->new_blob(std::nullopt));
    must(writer->write(as_bytes(big('x', 200'000))));
    CHECK(refusal(store.put("other", 150'000)) == StoreErrorCode::out_of_space);
    CHECK(refusal(writer->write(as_bytes(big('x', 100'001)))) == StoreErrorCode::out_of_space);
    CHECK(refusal(store->put_object(store.bucket, object_key("k"), Content::written(std::move(writer)),
                                    StoreFixture::draft("x"))) == StoreErrorCode::out_of_space);
  }
  CHECK(store.bytes_on_disk() == 0);
  must(store.put("other", 300'000));
}

TEST_CASE("deleting, aborting and replacing give their bytes back to the quota") {
  SmallStore store(200'000);
  must(store.put("a", 150'000));
  CHECK(refusal(store.put("b", 100'000)) == StoreErrorCode::out_of_space);
  must(store->delete_object(store.bucket, object_key("a"), {}));
  const UploadInfo info = must(store->create_upload(store.bucket, object_key("u"), {}, {}, {}));
  const UploadRef upload{info.bucket, info.key, info.id};
  for (int round = 0; round < 3; ++round) {
    must(store->put_part(upload, part_number(1), must(store.written(90'000)), {etag_of("x"), {}}));
  }
  CHECK(refusal(store.put("b", 150'000)) == StoreErrorCode::out_of_space);
  must(store->abort(upload));
  must(store.put("b", 200'000));
}

TEST_CASE("shared bytes count once, until nobody has them any more") {
  SmallStore store(150'000);
  must(store.put("a", 100'000));
  {
    const auto source = must(store->open_object(store.bucket, object_key("a")));
    must(store->put_object(store.bucket, object_key("copy"), Content::shared(*source, 0, 100'000),
                           StoreFixture::draft("x")));
  }
  must(store.put("b", 50'000));
  must(store->delete_object(store.bucket, object_key("a"), {}));
  CHECK(refusal(store.put("c", 1)) == StoreErrorCode::out_of_space);
  must(store->delete_object(store.bucket, object_key("copy"), {}));
  must(store.put("c", 100'000));
}

TEST_CASE("a store over a quota that was set later can be read and emptied") {
  SmallStore store(std::nullopt);
  must(store.put("a", 100'000));
  must(store.put("b", 100'000));
  store.open(100'000);
  CHECK(refusal(store.put("c", 1)) == StoreErrorCode::out_of_space);
  must(store->object(store.bucket, object_key("a")));
  must(store->delete_object(store.bucket, object_key("a"), {}));
  must(store->delete_object(store.bucket, object_key("b"), {}));
  must(store.put("c", 100'000));
}

TEST_CASE("writers at once never exceed the quota together") {
  SmallStore store(1'000'000);
  std::atomic<int> taken = 0;
  {
    std::vector<std::jthread> clients;
    for (int client = 0; client < 8; ++client) {
      clients.emplace_back([&, client] {
        for (int n = 0; n < 5; ++n) {
          const auto put = store.put("k" + std::to_string(client) + "-" + std::to_string(n), 100'000);
          if (put) ++taken;
        }
      });
    }
  }
  CHECK(taken <= 10);
  CHECK(store.bytes_on_disk() == static_cast<std::uint64_t>(taken) * 100'000);
  while (taken < 10) {
    must(store.put("late" + std::to_string(taken), 100'000));
    ++taken;
  }
  CHECK(refusal(store.put("more", 1)) == StoreErrorCode::out_of_space);
}
