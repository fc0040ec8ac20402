// fsck finds what is wrong with a folder, repairs what can be repaired without loss, and changes nothing
// else.

#include <partsmith/storage/fsck.h>

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

struct Found {
  std::expected<FsckSummary, std::string> summary;
  std::vector<FsckProblem> problems;

  std::set<std::string_view> kinds() const {
    std::set<std::string_view> kinds;
    for (const auto& problem : problems) kinds.insert(to_string(problem.kind));
    return kinds;
  }
  std::string text() const {
    std::string text = summary ? "" : summary.error();
    for (const auto& problem : problems)
      text += std::string(to_string(problem.kind)) + ": " + problem.what + "\n";
    return text;
  }
};

Found look(const std::filesystem::path& folder, bool deep = true, bool repair = false) {
  std::vector<FsckProblem> problems;
  auto summary = fsck_local_store(
      {.folder = folder, .deep = deep, .repair = repair, .tell = [&](const FsckProblem& problem) {
         problems.push_back(problem);
       }});
  return {std::move(summary), std::move(problems)};
}

void run_sql(const std::filesystem::path& folder, const std::string& sql) {
  auto connection = sqlite::Connection::open(folder / "partsmith.db", sqlite::Connection::Mode::write);
  REQUIRE(connection);
  REQUIRE(connection->run(sql));
}

/// Completes with the ETag that the parts have.
void complete_truly(StoreFixture& store, const UploadRef& upload) {
  const PartPage page = must(store->parts(upload, 0, limits::max_part_number));
  std::vector<Store::PartRevision> named;
  std::vector<ETag> etags;
  for (const PartInfo& one : page.parts) {
    named.push_back({one.number, one.revision});
    etags.push_back(one.etag);
  }
  ObjectDraft draft = StoreFixture::draft("");
  draft.etag = ETag::of_parts(etags);
  must(store->complete(upload, named, draft));
}

/// A store with one of each kind of thing, closed.
std::unique_ptr<StoreFixture> varied_store() {
  auto store = StoreFixture::with_bucket();
  must(store->put("small", "tiny"));
  must(store->put("empty", ""));
  must(store->put("big", big('b')));
  const UploadRef done = store->begin("multi");
  must(store->part(done, 1, big('1')));
  must(store->part(done, 4, "four"));
  must(store->part(done, 9, big('9')));
  complete_truly(*store, done);
  const auto source = store->lease("multi");
  const std::string copied = StoreFixture::read_all(*source).substr(50'000, 100'000);
  must((*store)->put_object(store->bucket, object_key("copy"), Content::shared(*source, 50'000, 100'000),
                            StoreFixture::draft(copied)));
  const UploadRef open = store->begin("open");
  must(store->part(open, 1, big('o')));
  must(store->part(open, 2, "two"));
  return store;
}

std::filesystem::path first_blob(const StoreFixture& store) {
  return store.folder() / "blobs" / *store.blob_files().begin();
}

}  // namespace

TEST_CASE("fsck finds nothing in a sound store, closed or in use, deep or not") {
  const auto store = varied_store();
  const bool deep = GENERATE(false, true);
  for (const bool in_use : {true, false}) {
    if (!in_use) store->close();
    const Found found = look(store->folder(), deep);
    CAPTURE(found.text(), in_use);
    REQUIRE(found.summary);
    CHECK(found.summary->in_use == in_use);
    CHECK(found.summary->problems == 0);
    CHECK(found.summary->objects == 5);
    CHECK(found.summary->uploads == 1);
    CHECK(found.summary->parts == 9);
    CHECK(found.summary->blobs == 7);
    CHECK(found.summary->bytes == 4 + 100'000 + 200'004 + 100'003);
  }
}

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
         run_sql(store.folder(), "DELETE FROM parts WHERE part_number = 2 AND start IS NULL");
       }},
      {"bytes of no blob", "unreferenced",
       [](auto& store) {
         run_sql(store.folder(), "INSERT INTO blob_bytes(blob, bytes) VALUES(999, x'00')");
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

TEST_CASE("deep, checksums of parts and objects are compared with the bytes") {
  auto store = StoreFixture::with_bucket();
  const ChecksumAlgorithm algorithm = GENERATE(ChecksumAlgorithm::crc32, ChecksumAlgorithm::sha256);
  const ChecksumType type = traits(algorithm).default_type;
  const UploadInfo info =
      must(store->store().create_upload(store->bucket, object_key("sums"), {}, algorithm, type));
  const UploadRef upload{info.bucket, info.key, info.id};
  std::vector<SizedChecksum> sums;
  std::vector<Store::PartRevision> named;
  std::vector<ETag> etags;
  for (const std::int64_t number : {1, 2}) {
    const std::string text = big(static_cast<char>('a' + number));
    const Checksum sum = checksum_of(algorithm, as_bytes(text));
    const PartInfo part = must(
        store->store().put_part(upload, part_number(number), store->content(text), {etag_of(text), sum}));
    sums.push_back({sum, text.size()});
    etags.push_back(part.etag);
    named.push_back({part.number, part.revision});
  }
  ObjectDraft draft = StoreFixture::draft("");
  draft.etag = ETag::of_parts(etags);
  draft.checksum = ObjectChecksum{composite_checksum(algorithm, sums), ChecksumType::composite, 2};
  must(store->store().complete(upload, named, draft));
  const std::string whole = big('w');
  ObjectDraft plain = StoreFixture::draft(whole);
  plain.checksum = ObjectChecksum{checksum_of(algorithm, as_bytes(whole)), ChecksumType::full_object, 0};
  must(store->store().put_object(store->bucket, object_key("plain"), store->content(whole), plain));
  store->close();

  const Found sound = look(store->folder());
  CAPTURE(sound.text());
  CHECK(sound.problems.empty());
  const std::string size = std::to_string(traits(algorithm).bytes);
  for (const std::string& where : {"objects SET checksum = zeroblob(" + size + ") WHERE key = 'sums'",
                                   "objects SET checksum = zeroblob(" + size + ") WHERE key = 'plain'",
                                   "parts SET checksum = zeroblob(" + size + ") WHERE part_number = 2"}) {
    CAPTURE(where);
    run_sql(store->folder(), "UPDATE " + where);
    const Found found = look(store->folder());
    CHECK(found.kinds() == std::set<std::string_view>{"content"});
    CHECK(look(store->folder(), false).problems.empty());
  }
}

TEST_CASE("under KMS no ETag is compared with the bytes, under a customer's key nothing is") {
  auto store = StoreFixture::with_bucket();
  ObjectDraft kms = StoreFixture::draft("another text");
  kms.attributes.encryption.algorithm = "aws:kms";
  kms.checksum =
      ObjectChecksum{checksum_of(ChecksumAlgorithm::crc32, as_bytes("text")), ChecksumType::full_object, 0};
  must(store->store().put_object(store->bucket, object_key("kms"), store->content("text"), kms));
  ObjectDraft customer = kms;
  customer.attributes.encryption = {};
  customer.attributes.encryption.customer_key_md5 = "key";
  must(store->store().put_object(store->bucket, object_key("customer"), store->content("secret"), customer));
  store->close();
  const Found sound = look(store->folder());
  CAPTURE(sound.text());
  CHECK(sound.problems.empty());
  run_sql(store->folder(), "UPDATE blob_bytes SET bytes = CAST('TEXT' AS BLOB) WHERE length(bytes) = 4");
  CHECK(look(store->folder()).kinds() == std::set<std::string_view>{"content"});
}

TEST_CASE("repair is refused while a store is in use, and looking leaves out what is on its way") {
  auto store = varied_store();
  const Found refused = look(store->folder(), false, true);
  REQUIRE_FALSE(refused.summary);
  CHECK(refused.summary.error().find("in use") != std::string::npos);

  auto writer = must(store->store().new_blob(std::nullopt));
  must(writer->write(as_bytes(big('w'))));
  const auto lease = store->lease("big");
  must(store->put("big", big('n')));
  CHECK(store->incoming_files().size() == 1);
  const Found found = look(store->folder());
  CAPTURE(found.text());
  CHECK(found.problems.empty());
}

TEST_CASE("what a crash leaves for the next start is told, and repaired without that start") {
  auto store = varied_store();
  auto writer = must(store->store().new_blob(std::nullopt));
  must(writer->write(as_bytes(big('w'))));
  const auto lease = store->lease("big");
  must(store->put("big", big('n')));
  const TemporaryFolder crashed;
  const auto folder = crashed.path() / "store";
  std::filesystem::copy(store->folder(), folder, std::filesystem::copy_options::recursive);
  CHECK(look(folder).kinds() == std::set<std::string_view>{"orphan-file", "unreferenced"});
  REQUIRE(look(folder, true, true).summary);
  const Found after = look(folder);
  CAPTURE(after.text());
  CHECK(after.problems.empty());
  CHECK(inconsistencies(folder) == std::vector<std::string>{});
}

TEST_CASE("fsck refuses in one line what is no store") {
  const TemporaryFolder temporary;
  const auto refusal_of = [&](const std::filesystem::path& folder) {
    const Found found = look(folder);
    REQUIRE_FALSE(found.summary);
    CHECK(found.summary.error().find('\n') == std::string::npos);
    CHECK(found.summary.error().find(folder.string()) != std::string::npos);
    return found.summary.error();
  };
  refusal_of(temporary.path() / "missing");
  CHECK_FALSE(std::filesystem::exists(temporary.path() / "missing"));
  refusal_of(temporary.path());
  CHECK(files_below(temporary.path()).empty());
  auto store = varied_store();
  store->close();
  run_sql(store->folder(), "PRAGMA user_version=99");
  CHECK(refusal_of(store->folder()).find("format 99") != std::string::npos);
  write_file(store->folder() / "partsmith.db", std::string(8192, 'x'));
  refusal_of(store->folder());
}
