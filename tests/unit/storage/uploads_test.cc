// Uploads: from create_upload() to complete() or abort().

#include <sys/stat.h>

#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

Store::PartRevision revision_of(const PartInfo& part) {
  return {part.number, part.revision};
}

std::set<std::uint64_t> inodes(const std::filesystem::path& folder) {
  std::set<std::uint64_t> found;
  for (const auto& file : files_below(folder)) {
    struct ::stat facts{};
    REQUIRE(::stat((folder / file).c_str(), &facts) == 0);
    found.insert(facts.st_ino);
  }
  return found;
}

}  // namespace

TEST_CASE("an upload keeps what it was created with") {
  auto store = StoreFixture::with_bucket();
  ObjectAttributes attributes;
  attributes.headers = {{"content-type", "text/plain"}};
  attributes.user_metadata = {{"colour", "green"}};
  attributes.tags = {{"team", "blue"}};
  attributes.storage_class = "STANDARD_IA";
  attributes.encryption = KmsEncryption{.key_id = "k"};
  const auto made = must(store->store().create_upload(store->bucket, object_key("k"), attributes,
                                                      ChecksumAlgorithm::crc32c, ChecksumType::composite));
  const auto found = must(store->store().upload({made.bucket, made.key, made.id}));
  CHECK(found.key == object_key("k"));
  CHECK(found.id == made.id);
  CHECK(found.initiated == store->clock().now());
  CHECK(found.checksum_algorithm == ChecksumAlgorithm::crc32c);
  CHECK(found.checksum_type == ChecksumType::composite);
  CHECK(found.attributes.headers == attributes.headers);
  CHECK(found.attributes.user_metadata == attributes.user_metadata);
  CHECK(found.attributes.tags == attributes.tags);
  CHECK(found.attributes.storage_class == "STANDARD_IA");
  CHECK(std::get<KmsEncryption>(found.attributes.encryption).key_id == "k");
}

TEST_CASE("an upload needs a bucket") {
  StoreFixture store;
  CHECK(refusal(store->create_upload(store.bucket, object_key("k"), {}, {}, {})) ==
        StoreErrorCode::no_such_bucket);
}

TEST_CASE("an upload is found only by its own bucket, key and id") {
  auto store = StoreFixture::with_bucket();
  must(store->store().create_bucket(bucket_name("another"), ""));
  const UploadRef upload = store->begin("k");
  const auto code = [&](const UploadRef& ref) { return refusal(store->store().upload(ref)); };
  CHECK_FALSE(code(upload));
  CHECK(code({bucket_name("another"), upload.key, upload.id}) == StoreErrorCode::no_such_upload);
  CHECK(code({bucket_name("missing"), upload.key, upload.id}) == StoreErrorCode::no_such_bucket);
  CHECK(code({upload.bucket, object_key("other"), upload.id}) == StoreErrorCode::no_such_upload);
  CHECK(code({upload.bucket, upload.key, UploadId("never given out")}) == StoreErrorCode::no_such_upload);
  CHECK(code({upload.bucket, upload.key, UploadId("")}) == StoreErrorCode::no_such_upload);
}

TEST_CASE("parts come back by number, a page at a time") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  for (const int number : {7, 1, 10'000, 3})
    must(store->part(upload, number, "part " + std::to_string(number)));
  const auto numbers = [&](std::uint32_t after, std::uint32_t limit) {
    std::vector<std::uint32_t> found;
    for (const auto& part : must(store->store().parts(upload, after, limit)).parts)
      found.push_back(part.number.value());
    return found;
  };
  CHECK(numbers(0, 1000) == std::vector<std::uint32_t>{1, 3, 7, 10'000});
  CHECK(numbers(1, 2) == std::vector<std::uint32_t>{3, 7});
  CHECK(must(store->store().parts(upload, 1, 2)).truncated);
  CHECK_FALSE(must(store->store().parts(upload, 1, 3)).truncated);
  CHECK(numbers(10'000, 10).empty());
  CHECK(numbers(0, 0).empty());
  CHECK_FALSE(must(store->store().parts(upload, 0, 0)).truncated);
}

TEST_CASE("a part keeps its facts") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  const Checksum checksum = checksum_of(ChecksumAlgorithm::crc64nvme, as_bytes("bytes"));
  must(
      store->store().put_part(upload, part_number(5), store->content("bytes"), {etag_of("bytes"), checksum}));
  const PartInfo part = must(store->store().parts(upload, 0, 1)).parts.at(0);
  CHECK(part.number == part_number(5));
  CHECK(part.size == 5);
  CHECK(part.etag == etag_of("bytes"));
  CHECK(part.checksum == checksum);
  CHECK(part.modified == store->clock().now());
}

TEST_CASE("replacing a part frees the old bytes and gives a new revision") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  const PartInfo first = must(store->part(upload, 1, big('a', 300'000)));
  const PartInfo second = must(store->part(upload, 1, big('b', 200'000)));
  CHECK(second.revision != first.revision);
  CHECK(store->stored_bytes() == 200'000);
  CHECK(store->blob_files().size() == 1);
  must(store->complete(upload));
  CHECK(store->read("k") == big('b', 200'000));
}

TEST_CASE("complete turns the parts into the object without copying a byte") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  for (int number = 1; number <= 3; ++number) {
    must(store->part(upload, number, big(static_cast<char>('a' + number), 100'000)));
  }
  const auto files = store->blob_files();
  const auto places = inodes(store->folder() / "blobs");
  const ObjectInfo object = must(store->complete(upload));
  CHECK(store->blob_files() == files);
  CHECK(inodes(store->folder() / "blobs") == places);
  CHECK(store->stored_bytes() == 300'000);
  CHECK(object.size == 300'000);
  CHECK(object.multipart);
  CHECK(object.part_count == 3);
  CHECK(object.upload_id == upload.id);
  CHECK(store->read("k") == big('b') + big('c') + big('d'));
}

TEST_CASE("the object gets the attributes of its upload") {
  auto store = StoreFixture::with_bucket();
  ObjectAttributes attributes;
  attributes.headers = {{"content-type", "image/png"}};
  const auto upload = must(store->store().create_upload(store->bucket, object_key("k"), attributes, {}, {}));
  const UploadRef ref{upload.bucket, upload.key, upload.id};
  must(store->part(ref, 1, "bytes"));
  CHECK(must(store->complete(ref)).attributes.headers == attributes.headers);
  CHECK(must(store->store().object(store->bucket, object_key("k"))).attributes.headers == attributes.headers);
}

TEST_CASE("a completed object was made when its upload was initiated") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  const auto initiated = store->clock().now();
  store->clock().advance(std::chrono::hours(1));
  must(store->part(upload, 1, "bytes"));
  CHECK(must(store->complete(upload)).modified == initiated);
}

TEST_CASE("parts that complete does not name are freed") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  std::vector<PartInfo> parts;
  for (int number = 1; number <= 4; ++number) {
    parts.push_back(must(store->part(upload, number, big(static_cast<char>('0' + number), 50'000))));
  }
  const std::vector<Store::PartRevision> named{revision_of(parts[1]), revision_of(parts[3])};
  const auto object = must(store->store().complete(upload, named, StoreFixture::draft("m")));
  CHECK(object.part_count == 2);
  CHECK(store->stored_bytes() == 100'000);
  CHECK(store->read("k") == big('2', 50'000) + big('4', 50'000));
}

TEST_CASE("complete refuses parts that are not those of the upload, and leaves it as it was") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  const PartInfo first = must(store->part(upload, 2, big('a')));
  const PartInfo second = must(store->part(upload, 4, big('b')));
  const auto complete = [&](std::vector<Store::PartRevision> named) {
    return refusal(store->store().complete(upload, named, StoreFixture::draft("m")));
  };
  CHECK(complete({{part_number(2), first.revision + 100}}) == StoreErrorCode::parts_changed);
  CHECK(complete({{part_number(1), first.revision}}) == StoreErrorCode::parts_changed);
  CHECK(complete({revision_of(first), {part_number(3), 1}}) == StoreErrorCode::parts_changed);
  CHECK(complete({revision_of(first), revision_of(second), {part_number(5), 1}}) ==
        StoreErrorCode::parts_changed);
  CHECK(must(store->store().parts(upload, 0, 10)).parts.size() == 2);
  CHECK(store->stored_bytes() == 200'000);
  CHECK(refusal(store->store().object(store->bucket, object_key("k"))) == StoreErrorCode::no_such_key);
  CHECK_FALSE(complete({revision_of(first), revision_of(second)}));
}

TEST_CASE("a part replaced after it was looked at makes complete say so") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  const PartInfo seen = must(store->part(upload, 1, "as seen"));
  must(store->part(upload, 1, "replaced"));
  const std::vector<Store::PartRevision> named{revision_of(seen)};
  CHECK(refusal(store->store().complete(upload, named, StoreFixture::draft("m"))) ==
        StoreErrorCode::parts_changed);
}

TEST_CASE("a list of parts that does not ascend is a bug of the caller") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  const PartInfo first = must(store->part(upload, 1, "a"));
  const PartInfo second = must(store->part(upload, 2, "b"));
  const std::vector<Store::PartRevision> backwards{revision_of(second), revision_of(first)};
  CHECK_THROWS(store->store().complete(upload, backwards, StoreFixture::draft("m")));
  CHECK_THROWS(store->store().complete(upload, {}, StoreFixture::draft("m")));
}

TEST_CASE("complete obeys its condition, and a refused one leaves the upload") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  must(store->part(upload, 1, "new"));
  CHECK(refusal(store->complete(upload, {.must_not_exist = false, .must_match = etag_of("old")})) ==
        StoreErrorCode::no_such_key);
  must(store->put("k", "old"));
  CHECK(refusal(store->complete(upload, {.must_not_exist = true, .must_match = {}})) ==
        StoreErrorCode::precondition_failed);
  CHECK(refusal(store->complete(upload, {.must_not_exist = false, .must_match = etag_of("other")})) ==
        StoreErrorCode::precondition_failed);
  CHECK(store->read("k") == "old");
  const UploadRef later = store->begin("k");
  must(store->part(later, 1, "new"));
  must(store->complete(later, {.must_not_exist = false, .must_match = etag_of("old")}));
  CHECK(store->read("k") == "new");
}

TEST_CASE(
    "an upload doesn't replace an object that was written after it began, on condition that it is that "
    "object") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  must(store->part(upload, 1, "new"));
  must(store->put("k", "meanwhile"));
  CHECK(refusal(store->complete(upload, {.must_not_exist = false, .must_match = etag_of("meanwhile")})) ==
        StoreErrorCode::conflict);
  CHECK(store->read("k") == "meanwhile");
}

TEST_CASE(
    "An upload that completes after a later write of its key leaves that write, and no byte of its own") {
  auto store = StoreFixture::with_bucket();
  const bool suspended = GENERATE(false, true);
  const UploadRef older = store->begin("k");
  must(store->part(older, 1, big('a')));
  if (suspended) {
    must(store->store().set_versioning(store->bucket, Versioning::enabled));
    must(store->store().set_versioning(store->bucket, Versioning::suspended));
  }
  SECTION("a put") {
    must(store->put("k", "meanwhile"));
  }
  SECTION("an upload") {
    const UploadRef newer = store->begin("k");
    must(store->part(newer, 1, "meanwhile"));
    must(store->complete(newer));
  }
  must(store->complete(older));
  CHECK(store->read("k") == "meanwhile");
  CHECK(store->stored_bytes() == 0);
  CHECK(must(store->store().list_versions(store->bucket, {})).versions.size() == 1);
  CHECK(refusal(store->store().upload(older)) == StoreErrorCode::no_such_upload);
}

TEST_CASE("An upload whose key was deleted after it began leaves no object and no byte") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", "there"));
  const UploadRef older = store->begin("k");
  must(store->part(older, 1, big('a')));
  const auto version = GENERATE(std::optional<VersionId>(), std::optional(VersionId::null()));
  must(store->store().delete_object(store->bucket, object_key("k"), {}, version));
  const UploadRef newer = store->begin("k");
  CHECK(refusal(store->complete(older, {.must_not_exist = true, .must_match = {}})) ==
        StoreErrorCode::conflict);
  must(store->complete(older));
  CHECK(must(store->store().list_versions(store->bucket, {})).versions.empty());
  CHECK(store->stored_bytes() == 0);
  must(store->part(newer, 1, "began behind the deletion"));
  must(store->complete(newer, {.must_not_exist = true, .must_match = {}}));
  CHECK(store->read("k") == "began behind the deletion");
}

TEST_CASE("The deletion of nothing, of another key or of a version leaves an upload what it was") {
  auto store = StoreFixture::with_bucket();
  must(store->put("other", "there"));
  const UploadRef upload = store->begin("k");
  must(store->part(upload, 1, "whole"));
  must(store->store().delete_object(store->bucket, object_key("k"), {}, {}));
  must(store->store().delete_object(store->bucket, object_key("other"), {}, {}));
  must(store->store().set_versioning(store->bucket, Versioning::enabled));
  const auto version = must(store->put("k", "a version")).version;
  must(store->store().delete_object(store->bucket, object_key("k"), {}, version));
  must(store->complete(upload));
  CHECK(store->read("k") == "whole");
}

TEST_CASE("complete replaces the object of its key and frees it") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('x', 500'000)));
  store->put_multipart("k", {big('a')});
  CHECK(store->read("k") == big('a'));
  CHECK(store->stored_bytes() == 100'000);
}

TEST_CASE("what ends an upload ends it for everything that comes later") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  const PartInfo part = must(store->part(upload, 1, big('a')));
  const std::uint64_t expected = GENERATE(0u, 100'000u);  // bytes left by abort, by complete
  if (expected == 0) {
    must(store->store().abort(upload));
  } else {
    must(store->complete(upload));
  }
  const std::vector<Store::PartRevision> named{revision_of(part)};
  CHECK(refusal(store->store().upload(upload)) == StoreErrorCode::no_such_upload);
  CHECK(refusal(store->store().parts(upload, 0, 1)) == StoreErrorCode::no_such_upload);
  CHECK(refusal(store->part(upload, 2, big('b'))) == StoreErrorCode::no_such_upload);
  CHECK(refusal(store->store().complete(upload, named, StoreFixture::draft("m"))) ==
        StoreErrorCode::no_such_upload);
  must(store->store().abort(upload));  // for a while it may be aborted again
  CHECK(must(store->store().list_uploads(store->bucket, {})).uploads.empty());
  CHECK(store->stored_bytes() == expected);
}

TEST_CASE("An upload that was aborted may be aborted again, and no other may") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  must(store->store().abort(upload));
  must(store->store().abort(upload));
  CHECK(refusal(store->store().abort({upload.bucket, object_key("other"), upload.id})) ==
        StoreErrorCode::no_such_upload);
  CHECK(refusal(store->store().abort({upload.bucket, upload.key, UploadId(upload.id.text() + "x")})) ==
        StoreErrorCode::no_such_upload);
}

TEST_CASE("abort frees every byte of the upload before it returns") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  for (int number = 1; number <= 20; ++number) must(store->part(upload, number, big('a', 20'000)));
  must(store->part(upload, 21, "small"));
  CHECK(store->stored_bytes() == 400'000);
  must(store->store().abort(upload));
  CHECK(store->blob_files().empty());
  CHECK(store->incoming_files().empty());
}

TEST_CASE("a part that arrives after the abort leaves no byte") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  Content arriving = store->content(big('a', 300'000));
  CHECK_FALSE(store->incoming_files().empty());
  must(store->store().abort(upload));
  const auto late = store->store().put_part(upload, part_number(1), std::move(arriving), {etag_of("a"), {}});
  CHECK(refusal(late) == StoreErrorCode::no_such_upload);
  CHECK(store->stored_bytes() == 0);
  CHECK(store->incoming_files().empty());
}

TEST_CASE("an object remembers the upload that made it while it is the current one") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  CHECK(refusal(store->store().completed(upload)) == StoreErrorCode::no_such_upload);
  must(store->part(upload, 1, "a"));
  const ObjectInfo object = must(store->complete(upload));
  CHECK(must(store->store().completed(upload)).etag == object.etag);
  CHECK(refusal(store->store().completed({upload.bucket, object_key("other"), upload.id})) ==
        StoreErrorCode::no_such_upload);
  must(store->put("k", "replaced"));
  CHECK(refusal(store->store().completed(upload)) == StoreErrorCode::no_such_upload);
}

TEST_CASE("empty parts have their place in an object") {
  auto store = StoreFixture::with_bucket();
  const ObjectInfo object = store->put_multipart("k", {"", "ab", "", "c", ""});
  CHECK(object.size == 3);
  CHECK(object.part_count == 5);
  CHECK(store->read("k") == "abc");
  const auto lease = store->lease("k");
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> expected{{0, 0}, {0, 2}, {2, 0}, {2, 1}, {3, 0}};
  for (std::uint32_t ordinal = 1; ordinal <= 5; ++ordinal) {
    const auto range = must(lease->part(ordinal));
    REQUIRE(range);
    CHECK(range->offset == expected[ordinal - 1].first);
    CHECK(range->part.size == expected[ordinal - 1].second);
  }
}

TEST_CASE("an upload of 10,000 parts completes, and is read from any offset") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  std::string whole;
  for (int number = 1; number <= 10'000; ++number) {
    const std::string text = "part " + std::to_string(number) + ";";
    must(store->part(upload, number, text));
    whole += text;
  }
  const ObjectInfo object = must(store->complete(upload));
  CHECK(object.part_count == 10'000);
  CHECK(object.size == whole.size());
  const auto lease = store->lease("k");
  CHECK(StoreFixture::read_all(*lease) == whole);
  for (const std::uint64_t offset : {std::uint64_t{1}, std::uint64_t{50'001}, object.size - 1}) {
    CHECK(StoreFixture::read_all(*lease, offset) == whole.substr(offset));
  }
  CHECK(must(lease->part(10'000))->part.number == part_number(10'000));
  CHECK(must(lease->parts(9'998, 10)).size() == 2);
}
