// What has very many parts is freed in steps, between which others write. What is cut off goes on at the next
// start.

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

TEST_CASE(
    "many parts are freed in steps, others write between them, and a crash between them loses nothing") {
  auto store = StoreFixture::with_bucket();
  const bool complete = GENERATE(false, true);
  const UploadRef upload = store->begin("many");
  constexpr int parts = 2'300;
  for (int number = 1; number <= parts; ++number) must(store->part(upload, number, big('x', 8'200)));
  if (complete) must(store->complete(upload));
  REQUIRE(store->blob_files().size() == parts);

  const TemporaryFolder crashed;
  int removed = 0;
  std::size_t left = 0;
  store->files().fail_when([&](const std::string& call, const auto&) {
    if (call == "remove" && ++removed == 1) {
      std::filesystem::copy(store->folder(), crashed.path() / "store",
                            std::filesystem::copy_options::recursive);
      auto connection =
          sqlite::Connection::open(store->folder() / "partsmith.db", sqlite::Connection::Mode::read);
      REQUIRE(connection);
      sqlite::Session db(*connection);
      static constexpr sqlite::Query count{"SELECT count(*) FROM parts"};
      left = static_cast<std::size_t>(db.integer(count).value_or(0));
      // The writer waits for nobody: this write would wait for ever otherwise.
      must(store->store().create_bucket(bucket_name("meanwhile"), "us-east-1"));
    }
    return 0;
  });
  if (complete) {
    must(store->store().delete_object(store->bucket, object_key("many"), {}));
  } else {
    must(store->store().abort(upload));
    CHECK(refusal(store->part(upload, 1, "late")) == StoreErrorCode::no_such_upload);
  }
  store->files().work_again();
  CHECK(left > 0);
  CHECK(left < parts);
  CHECK(removed == parts);
  CHECK(store->stored_bytes() == 0);
  store->close();
  CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});

  const SystemClock clock;
  auto again = open_local_store({.folder = crashed.path() / "store", .clock = &clock});
  REQUIRE(again);
  CHECK(must((*again)->list_uploads(store->bucket, {})).uploads.empty());
  CHECK(must((*again)->list_objects(store->bucket, {})).objects.empty());
  again->reset();
  CHECK(bytes_below(crashed.path() / "store" / "blobs") == 0);
  CHECK(inconsistencies(crashed.path() / "store") == std::vector<std::string>{});
}
