// Plain objects: put, look, read, delete, copy.

#include <partsmith/storage/any_etag.h>

#include "blob_writer.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

TEST_CASE("an object comes back with every fact it was put with") {
  auto store = StoreFixture::with_bucket();
  ObjectDraft draft = StoreFixture::draft("bytes");
  draft.attributes.headers = {{"content-type", "text/plain"}, {"x-binary", "\xff\xfe\x00 raw"}};
  draft.attributes.user_metadata = {{"one", "1"}, {"one", "again"}, {"two", ""}};
  draft.attributes.storage_class = "GLACIER_IR";
  draft.attributes.encryption = CustomerKeyEncryption{"bWQ1"};
  draft.checksum =
      ObjectChecksum{checksum_of(ChecksumAlgorithm::sha256, as_bytes("bytes")), ChecksumType::full_object, 0};
  must(store->store().put_object(store->bucket, object_key("a key"), store->content("bytes"), draft));

  const ObjectInfo object = must(store->store().object(store->bucket, object_key("a key")));
  CHECK(object.bucket == store->bucket);
  CHECK(object.key == object_key("a key"));
  CHECK(object.size == 5);
  CHECK(object.etag == draft.etag);
  CHECK(object.checksum == draft.checksum);
  CHECK(object.modified == store->clock().now());
  CHECK(object.attributes.headers == draft.attributes.headers);
  CHECK(object.attributes.user_metadata == draft.attributes.user_metadata);
  CHECK(object.attributes.storage_class == "GLACIER_IR");
  CHECK((object.attributes.encryption == draft.attributes.encryption));
  CHECK_FALSE(object.multipart);
  CHECK(object.part_count == 1);
  CHECK_FALSE(object.upload_id);
}

TEST_CASE("a composite checksum keeps its number of parts") {
  auto store = StoreFixture::with_bucket();
  ObjectDraft draft = StoreFixture::draft("x");
  draft.checksum =
      ObjectChecksum{checksum_of(ChecksumAlgorithm::crc32, as_bytes("x")), ChecksumType::composite, 17};
  must(store->store().put_object(store->bucket, object_key("k"), store->content("x"), draft));
  CHECK(must(store->store().object(store->bucket, object_key("k"))).checksum == draft.checksum);
}

TEST_CASE("objects of any size are read back whole") {
  auto store = StoreFixture::with_bucket();
  const auto limit = LocalBlobWriter::inline_limit;
  const std::size_t size = GENERATE_COPY(std::size_t{0}, std::size_t{1}, static_cast<std::size_t>(limit),
                                         static_cast<std::size_t>(limit + 1), std::size_t{65'536},
                                         std::size_t{65'537}, std::size_t{3'000'000});
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
  must(store->put("k", text));
  CHECK(store->read("k") == text);
  CHECK(store->blob_files().size() == (size > limit ? 1u : 0u));
  CHECK(store->incoming_files().empty());
}

TEST_CASE("keys may hold any character, and differ by every byte") {
  auto store = StoreFixture::with_bucket();
  const std::vector<std::string> keys{
      "a", "A", "a/", "/a", std::string("a\0b", 3), std::string("a\0", 2), "\xF0\x9F\x98\x80", " ", "%41"};
  for (const auto& key : keys) must(store->put(key, "content of " + key));
  for (const auto& key : keys) CHECK(store->read(key) == "content of " + key);
}

TEST_CASE("putting an object again frees the old one") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('a', 400'000)));
  must(store->put("k", big('b', 100'000)));
  CHECK(store->stored_bytes() == 100'000);
  CHECK(store->read("k") == big('b'));
}

TEST_CASE("deleting an object frees its bytes, and deleting it again succeeds") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('a')));
  const auto remove = [&] { return store->store().delete_object(store->bucket, object_key("k"), {}); };
  CHECK(remove());
  CHECK(store->stored_bytes() == 0);
  CHECK(refusal(store->store().object(store->bucket, object_key("k"))) == StoreErrorCode::no_such_key);
  CHECK(refusal(store->store().open_object(store->bucket, object_key("k"))) == StoreErrorCode::no_such_key);
  CHECK(remove());
}

TEST_CASE("a delete that names an ETag deletes only that version") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", "new"));
  const auto remove = [&](std::string_view text) {
    return refusal(store->store().delete_object(store->bucket, object_key("k"), etag_of(text)));
  };
  CHECK(remove("old") == StoreErrorCode::precondition_failed);
  CHECK(store->read("k") == "new");
  CHECK_FALSE(remove("new"));
  CHECK(remove("new") == StoreErrorCode::no_such_key);
}

TEST_CASE("a delete on condition that there is any object deletes whichever there is") {
  auto store = StoreFixture::with_bucket();
  const auto remove = [&] {
    return refusal(store->store().delete_object(store->bucket, object_key("k"), any_etag()));
  };
  CHECK(remove() == StoreErrorCode::no_such_key);
  must(store->put("k", "data"));
  CHECK_FALSE(remove());
  CHECK(remove() == StoreErrorCode::no_such_key);
}

TEST_CASE("a put obeys its condition, and a refused one leaves nothing behind") {
  auto store = StoreFixture::with_bucket();
  const WriteCondition absent{.must_not_exist = true, .must_match = {}};
  const auto matching = [](std::string_view text) { return WriteCondition{false, etag_of(text)}; };
  CHECK(refusal(store->put("k", big('x'), matching("a"))) == StoreErrorCode::no_such_key);
  CHECK_FALSE(refusal(store->put("k", "a", absent)));
  CHECK(refusal(store->put("k", big('x'), absent)) == StoreErrorCode::precondition_failed);
  CHECK(refusal(store->put("k", big('x'), matching("b"))) == StoreErrorCode::precondition_failed);
  CHECK(store->read("k") == "a");
  CHECK_FALSE(refusal(store->put("k", "b", matching("a"))));
  CHECK(store->read("k") == "b");
  CHECK(store->stored_bytes() == 0);
}

TEST_CASE("everything about objects needs the bucket") {
  StoreFixture store;
  const auto gone = StoreErrorCode::no_such_bucket;
  CHECK(refusal(store.put("k", big('x'))) == gone);
  CHECK(refusal(store->object(store.bucket, object_key("k"))) == gone);
  CHECK(refusal(store->open_object(store.bucket, object_key("k"))) == gone);
  CHECK(refusal(store->delete_object(store.bucket, object_key("k"), {})) == gone);
  CHECK(refusal(store->list_objects(store.bucket, {})) == gone);
  CHECK(store.stored_bytes() == 0);
}

TEST_CASE("a writer that is dropped takes its bytes with it") {
  auto store = StoreFixture::with_bucket();
  {
    auto writer = must(store->store().new_blob(std::nullopt));
    must(writer->write(as_bytes(big('x', 500'000))));
    CHECK(writer->size() == 500'000);
    CHECK(store->incoming_files().size() == 1);
  }
  CHECK(store->incoming_files().empty());
}

TEST_CASE("bytes are the same however they are cut into writes") {
  auto store = StoreFixture::with_bucket();
  const std::size_t piece = GENERATE(std::size_t{1}, std::size_t{100}, std::size_t{8'192},
                                     std::size_t{65'535}, std::size_t{65'536}, std::size_t{150'000});
  std::string text(200'003, ' ');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i % 253);
  auto writer = must(store->store().new_blob(text.size()));
  for (std::size_t at = 0; at < text.size(); at += piece) {
    must(writer->write(as_bytes(std::string_view(text).substr(at, piece))));
  }
  must(store->store().put_object(store->bucket, object_key("k"), Content::written(std::move(writer)),
                                 StoreFixture::draft("x")));
  CHECK(store->read("k") == text);
}

TEST_CASE("a copy shares the bytes of its source and survives it") {
  auto store = StoreFixture::with_bucket();
  must(store->put("source", big('a')));
  {
    const auto source = store->lease("source");
    must(store->store().put_object(store->bucket, object_key("copy"),
                                   Content::shared(*source, 0, source->info().size),
                                   StoreFixture::draft("copy")));
  }
  CHECK(store->stored_bytes() == 100'000);
  must(store->store().delete_object(store->bucket, object_key("source"), {}));
  CHECK(store->stored_bytes() == 100'000);
  CHECK(store->read("copy") == big('a'));
  must(store->store().delete_object(store->bucket, object_key("copy"), {}));
  CHECK(store->stored_bytes() == 0);
}

TEST_CASE("a copy onto itself keeps the bytes and takes the new attributes") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('a')));
  {
    const auto source = store->lease("k");
    ObjectDraft draft = StoreFixture::draft("k");
    draft.attributes.user_metadata = {{"colour", "red"}};
    must(store->store().put_object(store->bucket, object_key("k"), Content::shared(*source, 0, 100'000),
                                   draft));
    CHECK(StoreFixture::read_all(*source) == big('a'));
  }
  const auto object = must(store->store().object(store->bucket, object_key("k")));
  CHECK(object.attributes.user_metadata == NameValues{{"colour", "red"}});
  CHECK(store->read("k") == big('a'));
  CHECK(store->stored_bytes() == 100'000);
}

TEST_CASE("a copy may be any range of an object of many parts") {
  auto store = StoreFixture::with_bucket();
  std::vector<std::string> texts;
  std::string whole;
  for (int i = 0; i < 300; ++i) {
    // Both kinds of blob, and empty parts.
    texts.push_back(i % 50 == 7
                        ? big(static_cast<char>('a' + i % 26), 9'000)
                        : std::string(static_cast<std::size_t>(i % 4), static_cast<char>('0' + i % 10)));
    whole += texts.back();
  }
  store->put_multipart("source", texts);
  const auto source = store->lease("source");
  const auto size = whole.size();
  using Range = std::pair<std::size_t, std::size_t>;
  for (const auto& [offset, length] : {Range{0, size}, Range{0, 0}, Range{size, 0}, Range{1, size - 2},
                                       Range{100, 20'000}, Range{9'000, 1}, Range{size - 1, 1}}) {
    CAPTURE(offset, length);
    const auto object = must(store->store().put_object(store->bucket, object_key("copy"),
                                                       Content::shared(*source, offset, length),
                                                       StoreFixture::draft("copy")));
    CHECK(object.size == length);
    CHECK(object.part_count == 1);
    CHECK(store->read("copy") == whole.substr(offset, length));
  }
}

TEST_CASE("parts may be ranges of objects, and of copies of such objects") {
  auto store = StoreFixture::with_bucket();
  must(store->put("source", big('a', 20'000) + big('b', 20'000)));
  for (const std::string key : {"first", "second"}) {
    const auto source = store->lease(key == "first" ? "source" : "first");
    const UploadRef upload = store->begin(key);
    must(store->store().put_part(upload, part_number(1), Content::shared(*source, 10'000, 20'000),
                                 {etag_of("1"), {}}));
    must(store->part(upload, 2, big('c', 10'000)));
    must(store->store().put_part(upload, part_number(3), Content::shared(*source, 0, 10'000),
                                 {etag_of("3"), {}}));
    must(store->complete(upload));
  }
  const std::string first = big('a', 10'000) + big('b', 10'000) + big('c', 10'000) + big('a', 10'000);
  CHECK(store->read("first") == first);
  CHECK(store->read("second") == first.substr(10'000, 20'000) + big('c', 10'000) + first.substr(0, 10'000));
  CHECK(store->stored_bytes() == 60'000);
  must(store->store().delete_object(store->bucket, object_key("source"), {}));
  must(store->store().delete_object(store->bucket, object_key("first"), {}));
  CHECK(store->read("second") == first.substr(10'000, 20'000) + big('c', 10'000) + first.substr(0, 10'000));
  must(store->store().delete_object(store->bucket, object_key("second"), {}));
  CHECK(store->stored_bytes() == 0);
}

TEST_CASE("content of another store, or outside its source, is a bug of the caller") {
  auto store = StoreFixture::with_bucket();
  auto other = StoreFixture::with_bucket();
  must(other->put("k", "12345"));
  const auto foreign = other->lease("k");
  CHECK_THROWS(Content::shared(*foreign, 0, 6));
  CHECK_THROWS(Content::shared(*foreign, 6, 0));
  CHECK_THROWS(Content::written(nullptr));
  CHECK_THROWS(store->store().put_object(store->bucket, object_key("k"), Content::shared(*foreign, 0, 5),
                                         StoreFixture::draft("x")));
  CHECK_THROWS(store->store().put_object(store->bucket, object_key("k"), other->content("x"),
                                         StoreFixture::draft("x")));
}
