// An open object can be read to its end, whatever happens to its key, and its bytes go when the last reader
// has.

#include "socket_pair.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

/// The ways in which an object stops being the current one of its key.
struct Ending {
  std::string name;
  void (*happen)(StoreFixture& store);
};
const std::vector<Ending> endings{
    {"replaced by a put", [](StoreFixture& store) { must(store.put("k", "small")); }},
    {"replaced by a completed upload",
     [](StoreFixture& store) { store.put_multipart("k", {"small", "too"}); }},
    {"deleted", [](StoreFixture& store) { must(store->delete_object(store.bucket, object_key("k"), {})); }},
    {"deleted with its bucket",
     [](StoreFixture& store) {
       must(store->delete_object(store.bucket, object_key("k"), {}));
       must(store->delete_bucket(store.bucket));
     }},
};

}  // namespace

TEST_CASE("a leased object is read to its end, and then its bytes go") {
  for (const Ending& ending : endings) {
    for (const bool multipart : {false, true}) {
      CAPTURE(ending.name, multipart);
      auto store = StoreFixture::with_bucket();
      const std::vector<std::string> texts =
          multipart ? std::vector<std::string>{big('a'), "tiny", big('b')} : std::vector{big('a')};
      std::string whole;
      for (const auto& text : texts) whole += text;
      if (multipart) {
        store->put_multipart("k", texts);
      } else {
        must(store->put("k", whole));
      }
      auto first = store->lease("k");
      auto second = store->lease("k");
      ending.happen(*store);
      CHECK(StoreFixture::read_all(*first) == whole);
      CHECK(must(first->parts(0, 1000)).size() == texts.size());
      first.reset();
      CHECK(StoreFixture::read_all(*second) == whole);
      CHECK(store->stored_bytes() > 0);
      second.reset();
      CHECK(store->stored_bytes() == 0);
      CHECK(store->log().empty());
    }
  }
}

TEST_CASE("a leased object's bytes pass through a pipe, but for those in the database") {
  auto store = StoreFixture::with_bucket();
  const std::string whole = big('a') + "tiny" + big('b');
  store->put_multipart("k", {big('a'), "tiny", big('b')});
  const auto lease = store->lease("k");
  auto pipe = BytePipe::open();
  test::SocketPair target;
  std::string passed;
  std::string read;
  while (passed.size() + read.size() < whole.size()) {
    const std::size_t offset = passed.size() + read.size();
    const auto filled = must(lease->read(offset, *pipe, whole.size() - offset));
    if (!filled) {
      std::uint8_t byte = 0;
      REQUIRE(must(lease->read(offset, std::span(&byte, 1))) == 1);
      read += static_cast<char>(byte);
      continue;
    }
    CHECK(pipe->held() == *filled);
    while (pipe->held() > 0) {
      REQUIRE(pipe->drain(target.inner()));
      passed += target.received();
    }
  }
  CHECK(passed == big('a') + big('b'));
  CHECK(read == "tiny");
}

TEST_CASE("bytes that another object shares stay when the lease ends") {
  auto store = StoreFixture::with_bucket();
  must(store->put("source", big('a')));
  auto lease = store->lease("source");
  must(store->store().put_object(store->bucket, object_key("copy"), Content::shared(*lease, 50'000, 10),
                                 StoreFixture::draft("c")));
  must(store->store().delete_object(store->bucket, object_key("source"), {}));
  lease.reset();
  CHECK(store->stored_bytes() == 100'000);
  CHECK(store->read("copy") == big('a', 10));
}

TEST_CASE("a deleted object can still be copied by who holds it") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('a')));
  {
    const auto lease = store->lease("k");
    must(store->store().delete_object(store->bucket, object_key("k"), {}));
    must(store->store().put_object(store->bucket, object_key("saved"), Content::shared(*lease, 0, 100'000),
                                   StoreFixture::draft("s")));
  }
  CHECK(store->read("saved") == big('a'));
}

TEST_CASE("a lease reads any range, and nothing behind the end") {
  auto store = StoreFixture::with_bucket();
  std::vector<std::string> texts;
  std::string whole;
  for (int i = 0; i < 200; ++i) {
    texts.push_back(std::string(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26)));
    whole += texts.back();
  }
  store->put_multipart("k", texts);
  const auto lease = store->lease("k");
  // Forwards, backwards and far apart: the window of segments must follow.
  for (std::size_t step = 0; step < 200; ++step) {
    const std::size_t offset = step * 7919 % whole.size();
    std::string text(50, '?');
    const auto count =
        must(lease->read(offset, std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size())));
    CHECK(text.substr(0, count) == whole.substr(offset, 50));
  }
  std::uint8_t byte = 0;
  CHECK(must(lease->read(whole.size(), {&byte, 1})) == 0);
  CHECK(must(lease->read(whole.size() + 1'000'000, {&byte, 1})) == 0);
  CHECK(must(lease->read(0, {})) == 0);
}

TEST_CASE("parts of an object are found by ordinal, though numbers have gaps") {
  auto store = StoreFixture::with_bucket();
  const UploadRef upload = store->begin("k");
  for (const int number : {2, 5, 9})
    must(store->part(upload, number, std::string(static_cast<std::size_t>(number), 'x')));
  must(store->complete(upload));
  const auto lease = store->lease("k");
  const std::vector<std::pair<std::int64_t, std::uint64_t>> expected{
      {2, 0}, {5, 2}, {9, 7}};  // number, offset
  for (std::uint32_t ordinal = 1; ordinal <= 3; ++ordinal) {
    const auto range = must(lease->part(ordinal));
    REQUIRE(range);
    CHECK(range->part.number == part_number(expected[ordinal - 1].first));
    CHECK(range->offset == expected[ordinal - 1].second);
  }
  CHECK_FALSE(must(lease->part(0)));
  CHECK_FALSE(must(lease->part(4)));
  const auto parts = must(lease->parts(2, 1));
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].number == part_number(5));
}

TEST_CASE("a plain object is one part") {
  auto store = StoreFixture::with_bucket();
  ObjectDraft draft = StoreFixture::draft("bytes");
  draft.checksum =
      ObjectChecksum{checksum_of(ChecksumAlgorithm::crc32, as_bytes("bytes")), ChecksumType::full_object, 0};
  must(store->store().put_object(store->bucket, object_key("k"), store->content("bytes"), draft));
  const auto lease = store->lease("k");
  const auto range = must(lease->part(1));
  REQUIRE(range);
  CHECK(range->offset == 0);
  CHECK(range->part.size == 5);
  CHECK(range->part.etag == draft.etag);
  CHECK(range->part.checksum == draft.checksum->checksum);
  CHECK_FALSE(must(lease->part(2)));
}

TEST_CASE("a file that has gone or is too short is told as damage") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('a')));
  const auto file = store->folder() / "blobs" / *store->blob_files().begin();
  std::uint8_t byte = 0;
  SECTION("too short") {
    std::filesystem::resize_file(file, 10);
    CHECK(refusal(store->lease("k")->read(10, {&byte, 1})) == StoreErrorCode::damaged);
    CHECK(must(store->lease("k")->read(9, {&byte, 1})) == 1);
  }
  SECTION("gone") {
    std::filesystem::remove(file);
    CHECK(refusal(store->lease("k")->read(0, {&byte, 1})) == StoreErrorCode::damaged);
  }
}

TEST_CASE("a lease keeps few descriptors open, however many segments it reads") {
  auto store = StoreFixture::with_bucket();
  std::vector<std::string> texts(40, big('a', 10'000));
  store->put_multipart("k", texts);
  const auto open_descriptors = [] {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return std::distance(begin(entries), end(entries));
  };
  const auto lease = store->lease("k");
  StoreFixture::read_all(*store->lease("k"));  // the connection for reading is made
  const auto before = open_descriptors();
  StoreFixture::read_all(*lease);
  CHECK(open_descriptors() - before <= 2);
}
