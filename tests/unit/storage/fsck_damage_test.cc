// fsck finds what is wrong with a folder, repairs what can be repaired without loss, and changes nothing
// else.

#include "fsck_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

TEST_CASE("fsck finds nothing wrong with versions and delete markers, and tells a wrong latest one") {
  auto store = StoreFixture::with_bucket();
  must(store->put("key", "null"));
  must((*store)->set_versioning(store->bucket, Versioning::enabled));
  for (const char* text : {"a", "bb"}) must(store->put("key", text));
  must((*store)->delete_object(store->bucket, object_key("key"), {}));
  must(store->put("other", "c"));
  must((*store)->set_versioning(store->bucket, Versioning::suspended));
  must((*store)->delete_object(store->bucket, object_key("other"), {}));
  const UploadRef upload = store->begin("uploaded");
  must(store->part(upload, 1, "parts"));
  complete_truly(*store, upload);
  store->close();
  CHECK(look(store->folder()).text() == "");

  const std::string damage =
      GENERATE("UPDATE objects SET latest = 1 WHERE version_id IS NULL AND key = 'key'",
               "UPDATE objects SET latest = 0 WHERE marker = 1 AND key = 'key'",
               "UPDATE objects SET latest = 0 WHERE key = 'uploaded'",
               "UPDATE objects SET latest = 1, version_id = NULL WHERE key = 'other' AND marker = 0");
  CAPTURE(damage);
  run_sql(store->folder(), damage);
  const Found found = look(store->folder(), false);
  CHECK(found.kinds() == std::set<std::string_view>{"rows"});
}

TEST_CASE("fsck tells each kind of damage, repairs what can be without loss, and is content afterwards") {
  struct Case {
    std::string what;
    std::string kind;
    std::function<void(StoreFixture&)> happen;
  };
  const std::vector<Case> cases{
      {"a stray file in blobs/", "orphan-file",
       [](auto& store) {
         std::filesystem::create_directories(store.folder() / "blobs" / "zz");
         write_file(store.folder() / "blobs" / "zz" / "zz-stray", "bytes");
       }},
      {"a stray file beside the folders in blobs/", "orphan-file",
       [](auto& store) { write_file(store.folder() / "blobs" / "stray", "bytes"); }},
      {"a stray file in incoming/", "orphan-file",
       [](auto& store) { write_file(store.folder() / "incoming" / "stray", "bytes"); }},
      {"too many references", "references",
       [](auto& store) { run_sql(store.folder(), "UPDATE blobs SET refs = refs + 3 WHERE id = 1"); }},
      {"too few references", "references",
       [](auto& store) { run_sql(store.folder(), "UPDATE blobs SET refs = 0 WHERE id = 2"); }},
      {"a blob that nobody needs", "unused-blob",
       [](auto& store) {
         run_sql(store.folder(), "INSERT INTO blobs(name, size, refs) VALUES('abc', 3, 0)");
       }},
      {"a blob that nobody needs and counts references", "references",
       [](auto& store) {
         run_sql(store.folder(), "INSERT INTO blobs(name, size, refs) VALUES('abc', 3, 1)");
       }},
      {"an object without its row", "unreferenced",
       [](auto& store) { run_sql(store.folder(), "DELETE FROM objects WHERE key = 'big'"); }},
      {"an upload without its row", "unreferenced",
       [](auto& store) { run_sql(store.folder(), "DELETE FROM uploads"); }},
      {"a part without its row and size", "unreferenced",
       [](auto& store) {
         run_sql(store.folder(),
                 "DELETE FROM parts WHERE part_number = 2 AND manifest IN (SELECT manifest FROM uploads)");
       }},
      {"bytes of no blob", "unreferenced",
       [](auto& store) {
         run_sql(store.folder(), "INSERT INTO blob_bytes(blob, bytes) VALUES(999, x'00')");
       }},
      {"a document of no bucket", "unreferenced",
       [](auto& store) {
         run_sql(store.folder(), "INSERT INTO bucket_documents VALUES(999, 'cors', '<CORSConfiguration/>')");
       }},
      {"a manifest of no object and no upload", "unreferenced",
       [](auto& store) { run_sql(store.folder(), "INSERT INTO manifests(revisions) VALUES(0)"); }},
      {"a part of no object and no upload", "unreferenced",
       [](auto& store) {
         run_sql(store.folder(), "INSERT INTO parts VALUES(999, 1, 1, 0, 0, 'x', NULL, NULL, 0)");
       }},
      {"a segment of no part", "unreferenced",
       [](auto& store) {
         run_sql(store.folder(),
                 "INSERT INTO segments VALUES(999, 1, 0, 1, 1, 0); UPDATE blobs SET refs = 2 WHERE id = 1");
       }},
      {"a version without its row", "unreferenced",
       [](auto& store) {
         store.open();
         must(store->set_versioning(store.bucket, Versioning::enabled));
         must(store.put("big", "newer"));
         store.close();
         run_sql(store.folder(), "DELETE FROM objects WHERE key = 'big' AND latest = 0");
       }},
      {"a delete marker without its row", "unreferenced",
       [](auto& store) {
         store.open();
         must(store->set_versioning(store.bucket, Versioning::enabled));
         must(store->delete_object(store.bucket, object_key("never there"), {}));
         store.close();
         run_sql(store.folder(), "DELETE FROM objects WHERE marker = 1");
       }},
      {"a wrong total", "total",
       [](auto& store) { run_sql(store.folder(), "UPDATE totals SET bytes = bytes + 1"); }},
  };
  for (const Case& one : cases) {
    CAPTURE(one.what);
    auto store = varied_store();
    store->close();
    one.happen(*store);
    const auto before = files_below(store->folder());

    const Found seen = look(store->folder());
    CAPTURE(seen.text());
    REQUIRE(seen.summary);
    CHECK(seen.kinds().contains(one.kind));
    CHECK(seen.summary->repaired == 0);
    CHECK(files_below(store->folder()) == before);

    const Found mended = look(store->folder(), true, true);
    CAPTURE(mended.text());
    REQUIRE(mended.summary);
    CHECK(mended.summary->problems > 0);
    CHECK(mended.summary->repaired == mended.summary->problems);

    const Found after = look(store->folder());
    CAPTURE(after.text());
    REQUIRE(after.summary);
    CHECK(after.problems.empty());
    CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});
    store->open();
    CHECK(store->read("small") == "tiny");
    CHECK(store->read("copy").size() == 100'000);
  }
}

TEST_CASE("what has lost its bytes or its sense is told and never touched") {
  struct Case {
    std::string what;
    std::string kind;
    bool only_deep;
    std::function<void(StoreFixture&)> happen;
  };
  const std::vector<Case> cases{
      {"a file is gone", "missing-bytes", false,
       [](auto& store) { std::filesystem::remove(first_blob(store)); }},
      {"a file is shorter", "missing-bytes", false,
       [](auto& store) { std::filesystem::resize_file(first_blob(store), 10); }},
      {"a file has another byte", "content", true,
       [](auto& store) {
         std::fstream file(first_blob(store), std::ios::in | std::ios::out | std::ios::binary);
         file.seekp(77'777);
         file.put('X');
       }},
      {"bytes in the database are gone", "missing-bytes", false,
       [](auto& store) { run_sql(store.folder(), "DELETE FROM blob_bytes"); }},
      {"bytes in the database are others", "content", true,
       [](auto& store) {
         run_sql(store.folder(), "UPDATE blob_bytes SET bytes = x'00000000' WHERE blob = 1");
       }},
      {"an object's size", "rows", false,
       [](auto& store) {
         run_sql(store.folder(), "UPDATE objects SET size = size + 1 WHERE key = 'multi'");
       }},
      {"an object's count of parts", "rows", false,
       [](auto& store) { run_sql(store.folder(), "UPDATE objects SET part_count = 7 WHERE key = 'multi'"); }},
      {"a part's start", "rows", false,
       [](auto& store) {
         run_sql(store.folder(), "UPDATE parts SET start = start + 1 WHERE part_number = 9");
       }},
      {"a part's size", "rows", false,
       [](auto& store) { run_sql(store.folder(), "UPDATE parts SET size = 5 WHERE part_number = 4"); }},
      {"a segment is gone", "rows", false,
       [](auto& store) { run_sql(store.folder(), "DELETE FROM segments WHERE blob = 1"); }},
      {"a blob row is gone", "rows", false,
       [](auto& store) { run_sql(store.folder(), "DELETE FROM blobs WHERE id = 2"); }},
      {"the manifest's row is gone", "rows", false,
       [](auto& store) { run_sql(store.folder(), "DELETE FROM manifests WHERE id = 1"); }},
      {"the bucket is gone", "rows", false,
       [](auto& store) { run_sql(store.folder(), "DELETE FROM buckets"); }},
      {"the bucket is gone, and has a configuration", "rows", false,
       [](auto& store) {
         run_sql(
             store.folder(),
             "INSERT INTO bucket_documents VALUES(1, 'cors', '<CORSConfiguration/>'); DELETE FROM buckets");
       }},
      {"a bucket's versioning is nonsense", "rows", false,
       [](auto& store) { run_sql(store.folder(), "UPDATE buckets SET versioning = 7"); }},
      {"a bucket's name is none", "rows", false,
       [](auto& store) { run_sql(store.folder(), "UPDATE buckets SET name = 'No Bucket'"); }},
      {"an ETag is another", "content", true,
       [](auto& store) { run_sql(store.folder(), "UPDATE objects SET etag = 'x' WHERE key = 'multi'"); }},
      {"attributes are nonsense", "content", true,
       [](auto& store) {
         run_sql(store.folder(), "UPDATE objects SET attributes = '{}' WHERE key = 'big'");
       }},
  };
  for (const Case& one : cases) {
    CAPTURE(one.what);
    auto store = varied_store();
    store->close();
    one.happen(*store);
    const Found shallow = look(store->folder(), false);
    CHECK(shallow.kinds().contains(one.kind) != one.only_deep);
    const Found deep = look(store->folder(), true);
    CAPTURE(deep.text());
    CHECK(deep.kinds().contains(one.kind));
    const Found mended = look(store->folder(), true, true);
    REQUIRE(mended.summary);
    CHECK(mended.summary->objects == 5);
    CHECK(mended.summary->repaired < mended.summary->problems);
    const Found again = look(store->folder(), true);
    CHECK(again.kinds().contains(one.kind));
    REQUIRE(again.summary);
    CHECK(again.summary->objects == 5);
    CHECK(again.summary->parts == 9);
  }
}
