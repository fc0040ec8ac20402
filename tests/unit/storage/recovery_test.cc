// What a store finds when it starts: everything that was acknowledged, and nothing else. A crash is a copy of
// the folder taken while the store runs.

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

/// The folder as kill -9 would leave it now, opened again.
class Crashed {
 public:
  explicit Crashed(StoreFixture& store) {
    std::filesystem::copy(store.folder(), folder_.path() / "store", std::filesystem::copy_options::recursive);
    auto opened = open_local_store({.folder = folder_.path() / "store",
                                    .clock = &clock_,
                                    .log = [this](std::string_view line) { log_.emplace_back(line); }});
    if (!opened) throw std::runtime_error(opened.error());
    store_ = std::move(*opened);
  }
  ~Crashed() {
    store_.reset();
    CHECK(inconsistencies(folder_.path() / "store") == std::vector<std::string>{});
  }
  Store* operator->() { return store_.get(); }
  std::string read(const BucketName& bucket, std::string_view key) {
    return StoreFixture::read_all(*must(store_->open_object(bucket, object_key(key))));
  }
  std::uint64_t stored_bytes() const {
    return bytes_below(folder_.path() / "store" / "blobs") +
           bytes_below(folder_.path() / "store" / "incoming");
  }
  const std::vector<std::string>& log() const { return log_; }

 private:
  TemporaryFolder folder_;
  SystemClock clock_;
  std::vector<std::string> log_;
  std::unique_ptr<Store> store_;
};

/// Everything a store can show of a bucket, as text.
std::string picture(Store& store, const BucketName& bucket) {
  std::string shown;
  const auto page = store.list_objects(bucket, {});
  if (!page) return std::string(to_string(page.error().code));
  for (const auto& object : page->objects) {
    shown += object.key.text() + (object.attributes.legal_hold ? " held=" : "=") +
             StoreFixture::read_all(*must(store.open_object(bucket, object.key))) + "\n";
  }
  for (const auto& upload : must(store.list_uploads(bucket, {})).uploads) {
    shown += upload.key.text() + "?" + upload.id.text() + "\n";
    for (const auto& part : must(store.parts({bucket, upload.key, upload.id}, 0, 1000)).parts) {
      shown += std::to_string(part.number.value()) + ":" + std::to_string(part.revision) + ":" +
               part.etag.text() + "\n";
    }
  }
  return shown;
}

}  // namespace

TEST_CASE("whatever was acknowledged is there after a crash and after a clean end") {
  const auto durability = GENERATE(Durability::process, Durability::disk);
  auto store = StoreFixture::with_bucket(durability);
  UploadRef open = store->begin("open");
  UploadRef done = store->begin("done");
  const std::vector<std::pair<std::string, std::function<void()>>> steps{
      {"create_bucket", [&] { must(store->store().create_bucket(bucket_name("other"), "r")); }},
      {"put_object, small", [&] { must(store->put("small", "tiny")); }},
      {"change_attributes",
       [&] {
         must(store->store().change_attributes(
             store->bucket, object_key("small"), {},
             [](ObjectAttributes& attributes) { attributes.legal_hold = true; }));
       }},
      {"put_object, big", [&] { must(store->put("big", big('a'))); }},
      {"put_object again", [&] { must(store->put("big", big('b'))); }},
      {"put_part", [&] { must(store->part(open, 1, big('c'))); }},
      {"put_part again", [&] { must(store->part(open, 1, big('d'))); }},
      {"put_part of another upload", [&] { must(store->part(done, 3, big('e'))); }},
      {"copy",
       [&] {
         const auto source = store->lease("big");
         must(store->store().put_object(store->bucket, object_key("copy"), Content::shared(*source, 5, 10),
                                        StoreFixture::draft("c")));
       }},
      {"complete", [&] { must(store->complete(done)); }},
      {"delete_object", [&] { must(store->store().delete_object(store->bucket, object_key("big"), {})); }},
      {"abort", [&] { must(store->store().abort(open)); }},
      {"delete_bucket", [&] { must(store->store().delete_bucket(bucket_name("other"))); }},
  };
  for (const auto& [name, step] : steps) {
    CAPTURE(name);
    step();
    const std::string expected = picture(store->store(), store->bucket);
    const std::uint64_t bytes = store->stored_bytes();
    {
      Crashed crashed(*store);
      CHECK(picture(*crashed.operator->(), store->bucket) == expected);
      CHECK(crashed.stored_bytes() == bytes);
      CHECK(crashed->bucket(bucket_name("other")).has_value() == (name != "delete_bucket"));
    }
    store->close();
    CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});
    store->open();
    CHECK(picture(store->store(), store->bucket) == expected);
    CHECK(store->stored_bytes() == bytes);
  }
  CHECK(must(store->store().completed(done)).upload_id == done.id);
}

TEST_CASE("upload ids, revisions and their order go on after a restart") {
  auto store = StoreFixture::with_bucket();
  const UploadRef first = store->begin("k");
  const auto before = must(store->part(first, 1, "a")).revision;
  must(store->store().abort(store->begin("k")));
  store->reopen();
  const UploadRef second = store->begin("k");
  CHECK(first.id != second.id);
  CHECK(must(store->part(first, 1, "b")).revision > before);
  UploadQuery query;
  query.key_marker = "k";
  query.upload_id_marker = first.id.text();
  CHECK(must(store->store().list_uploads(store->bucket, query)).uploads.at(0).id == second.id);
}

TEST_CASE("a body that was still arriving leaves nothing") {
  auto store = StoreFixture::with_bucket();
  auto writer = must(store->store().new_blob(std::nullopt));
  must(writer->write(as_bytes(big('x', 300'000))));
  REQUIRE(store->stored_bytes() == 300'000);
  Crashed crashed(*store);
  CHECK(crashed.stored_bytes() == 0);
  CHECK(crashed.log().size() == 1);
}

TEST_CASE("a file whose commit came before the crash and whose move did not is moved") {
  auto store = StoreFixture::with_bucket();
  store->files().fail("rename", EIO);
  must(store->put("k", big('a')));
  CHECK(store->incoming_files().size() == 1);
  CHECK(store->read("k") == big('a'));  // found where it is
  CHECK(store->log().size() == 1);
  {
    Crashed crashed(*store);
    CHECK(crashed.read(store->bucket, "k") == big('a'));
  }
  // Until then it is freed where it is.
  must(store->store().delete_object(store->bucket, object_key("k"), {}));
  CHECK(store->stored_bytes() == 0);
}

TEST_CASE("a file that could not be removed is removed at the next start") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('a')));
  store->files().fail("remove", EIO);
  must(store->store().delete_object(store->bucket, object_key("k"), {}));
  CHECK(store->stored_bytes() == 100'000);
  CHECK(store->log().size() == 1);
  {
    const Crashed crashed(*store);
  }
  store->files().work_again();
  store->reopen();
  CHECK(store->stored_bytes() == 0);
}

TEST_CASE("an object that was still read when the store crashed is freed at the next start") {
  auto store = StoreFixture::with_bucket();
  store->put_multipart("k", {big('a'), big('b'), "c"});
  must(store->put("shared", "x"));
  const auto lease = store->lease("k");
  must(store->store().put_object(store->bucket, object_key("copy"), Content::shared(*lease, 0, 10),
                                 StoreFixture::draft("c")));
  must(store->store().delete_object(store->bucket, object_key("k"), {}));
  CHECK(store->stored_bytes() == 200'000);
  Crashed crashed(*store);
  CHECK(crashed.stored_bytes() == 100'000);
  CHECK(crashed.read(store->bucket, "copy") == big('a', 10));
}

TEST_CASE("strangers in incoming/ do not keep a store from starting, and stay") {
  auto store = StoreFixture::with_bucket();
  store->close();
  write_file(store->folder() / "incoming" / "x", "stray");
  std::filesystem::create_directory(store->folder() / "incoming" / "folder");
  store->open();
  CHECK(store->incoming_files() == std::set<std::string>{"x"});
}
