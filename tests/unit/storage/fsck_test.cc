// fsck finds nothing wrong with a sound store, whatever is going on in it, and looks as deep as it is asked
// to.

#include "fsck_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

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
  kms.attributes.encryption = KmsEncryption{};
  kms.checksum =
      ObjectChecksum{checksum_of(ChecksumAlgorithm::crc32, as_bytes("text")), ChecksumType::full_object, 0};
  must(store->store().put_object(store->bucket, object_key("kms"), store->content("text"), kms));
  ObjectDraft customer = kms;
  customer.attributes.encryption = CustomerKeyEncryption{"key"};
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
