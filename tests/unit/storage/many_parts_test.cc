// What has very many parts is freed in steps, between which others write. What is cut off goes on at the next
// start.

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

constexpr int most_parts = 2'300;

/// The store with uploads of so many parts, and what ends them.
struct Case {
  std::string what;
  std::vector<int> uploads;  ///< numbers of parts
  std::size_t kept;          ///< parts that stay
  std::function<void(StoreFixture&, const UploadRef&)> end;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"abort",
       {most_parts},
       0,
       [](StoreFixture& store, const UploadRef& upload) {
         must(store->abort(upload));
         CHECK(refusal(store.part(upload, 1, "late")) == StoreErrorCode::no_such_upload);
       }},
      {"delete an object",
       {most_parts},
       0,
       [](StoreFixture& store, const UploadRef& upload) {
         must(store.complete(upload));
         must(store->delete_object(store.bucket, upload.key, {}));
       }},
      {"complete with one part",
       {most_parts},
       1,
       [](StoreFixture& store, const UploadRef& upload) {
         const PartInfo last = must(store->parts(upload, most_parts - 1, 1)).parts.at(0);
         must(store->complete(upload, std::vector{Store::PartRevision{last.number, last.revision}},
                              StoreFixture::draft("one")));
         CHECK(store.read(upload.key.text()) == big('x', 8'200));
       }},
      {"delete a bucket",
       {700, 0, 700, 700, 0, 200},
       0,
       [](StoreFixture& store, const UploadRef&) { must(store->delete_bucket(store.bucket)); }},
  };
  return all;
}

std::size_t count_of_parts(const std::filesystem::path& folder) {
  auto connection = sqlite::Connection::open(folder / "partsmith.db", sqlite::Connection::Mode::read);
  REQUIRE(connection);
  sqlite::Session db(*connection);
  static constexpr sqlite::Query count{"SELECT count(*) FROM parts"};
  return static_cast<std::size_t>(db.integer(count).value());
}

}  // namespace

TEST_CASE(
    "many parts are freed in steps, others write between them, and a crash between them loses nothing") {
  const Case& one = GENERATE(from_range(cases()));
  CAPTURE(one.what);
  auto store = StoreFixture::with_bucket();
  UploadRef upload = store->begin("first");
  std::size_t parts = 0;
  for (std::size_t n = 0; n < one.uploads.size(); ++n) {
    if (n > 0) upload = store->begin("more");
    for (int number = 1; number <= one.uploads[n]; ++number)
      must(store->part(upload, number, big('x', 8'200)));
    parts += static_cast<std::size_t>(one.uploads[n]);
  }
  REQUIRE(store->blob_files().size() == parts);

  const TemporaryFolder crashed;
  std::size_t removed = 0;
  std::size_t left = 0;
  store->files().fail_when([&](const std::string& call, const auto&) {
    if (call == "remove" && ++removed == 1) {
      std::filesystem::copy(store->folder(), crashed.path() / "store",
                            std::filesystem::copy_options::recursive);
      left = count_of_parts(store->folder());
      // The writer waits for nobody: this write would wait for ever otherwise.
      must(store->store().create_bucket(bucket_name("meanwhile"), "us-east-1"));
    }
    return 0;
  });
  one.end(*store, upload);
  store->files().work_again();
  CHECK(left > one.kept);
  CHECK(left < parts);
  CHECK(removed == parts - one.kept);
  CHECK(store->stored_bytes() == one.kept * 8'200);
  store->close();
  CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});

  const SystemClock clock;
  auto again = open_local_store({.folder = crashed.path() / "store", .clock = &clock});
  REQUIRE(again);
  if ((*again)->bucket(store->bucket)) {
    CHECK(must((*again)->list_uploads(store->bucket, {})).uploads.empty());
    CHECK(must((*again)->list_objects(store->bucket, {})).objects.size() == one.kept);
  }
  again->reset();
  CHECK(bytes_below(crashed.path() / "store" / "blobs") == one.kept * 8'200);
  CHECK(inconsistencies(crashed.path() / "store") == std::vector<std::string>{});
}
