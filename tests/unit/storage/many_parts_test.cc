// What has very many parts, or parts of very many segments, is freed in steps, between which others write.
// What is cut off goes on at the next start.

#include <fmt/format.h>

#include <partsmith/storage/fsck.h>

#include "consistency.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

constexpr std::size_t freed_at_once = 100;
constexpr int most_parts = 230;
constexpr std::size_t part_size = 8'200;

/// The store with uploads of so many parts, and what ends them.
struct Case {
  std::string what;
  std::vector<int> uploads;  ///< numbers of parts
  std::size_t kept;          ///< parts that stay
  std::function<void(StoreFixture&, const UploadRef&)> end;
};

void complete_with(StoreFixture& store, const UploadRef& upload, const std::vector<std::uint32_t>& numbers) {
  std::vector<Store::PartRevision> named;
  for (const std::uint32_t number : numbers) {
    const PartInfo part = must(store->parts(upload, number - 1, 1)).parts.at(0);
    named.push_back({part.number, part.revision});
  }
  must(store->complete(upload, named, StoreFixture::draft("some")));
}

/// An upload whose part 1 shares all segments of an object, of which there is nothing else any more.
UploadRef copied_as_part(StoreFixture& store, const UploadRef& source) {
  must(store.complete(source));
  const UploadRef upload = store.begin("copied as a part");
  {
    const auto lease = store.lease(source.key.text());
    must(store->put_part(upload, part_number(1), Content::shared(*lease, 0, lease->info().size),
                         {etag_of("shared"), {}}));
  }
  must(store->delete_object(store.bucket, source.key, {}));
  CHECK(store.stored_bytes() == most_parts * part_size);
  return upload;
}

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
      {"complete with two parts",
       {most_parts},
       2,
       [](StoreFixture& store, const UploadRef& upload) {
         complete_with(store, upload, {most_parts / 2, most_parts});
       }},
      {"complete with one part in the place of an object of many parts",
       {most_parts, most_parts},
       1,
       [](StoreFixture& store, const UploadRef& upload) {
         const UploadInfo first = must(store->list_uploads(store.bucket, {})).uploads.at(0);
         must(store.complete({store.bucket, first.key, first.id}));
         complete_with(store, upload, {most_parts});
       }},
      {"overwrite the copy of an object that is no more",
       {most_parts},
       0,
       [](StoreFixture& store, const UploadRef& upload) {
         must(store.complete(upload));
         {
           const auto lease = store.lease(upload.key.text());
           must(store->put_object(store.bucket, object_key("copy"),
                                  Content::shared(*lease, 0, lease->info().size), StoreFixture::draft("c")));
         }
         must(store->delete_object(store.bucket, upload.key, {}));
         CHECK(store.stored_bytes() == most_parts * part_size);
         must(store.put("copy", "small"));
       }},
      {"replace a part that was copied from an object that is no more",
       {most_parts},
       0,
       [](StoreFixture& store, const UploadRef& source) {
         must(store.part(copied_as_part(store, source), 1, "small"));
       }},
      {"complete without a part that was copied from an object that is no more",
       {most_parts},
       0,
       [](StoreFixture& store, const UploadRef& source) {
         const UploadRef upload = copied_as_part(store, source);
         must(store.part(upload, 2, "small"));
         complete_with(store, upload, {2});
       }},
      {"delete a bucket",
       {70, 0, 70, 70, 0, 20},
       0,
       [](StoreFixture& store, const UploadRef&) { must(store->delete_bucket(store.bucket)); }},
  };
  return all;
}

/// All that can be seen.
std::string seen(Store& store, const BucketName& bucket) {
  if (!store.bucket(bucket)) return "no bucket";
  std::string text;
  for (const ObjectInfo& object : must(store.list_objects(bucket, {})).objects) {
    const auto lease = must(store.open_object(bucket, object.key));
    text += fmt::format("object {} {} {}:", object.key.text(), object.size,
                        etag_of(StoreFixture::read_all(*lease)).text());
    std::uint32_t ordinal = 0;
    for (const PartInfo& part : must(lease->parts(0, most_parts))) {
      const auto found = must(lease->part(++ordinal));
      REQUIRE(found);
      CHECK(found->part.number == part.number);
      text += fmt::format(" {} at {}", part.number.value(), found->offset);
    }
    CHECK_FALSE(must(lease->part(ordinal + 1)));
    text += "\n";
  }
  for (const UploadInfo& upload : must(store.list_uploads(bucket, {})).uploads) {
    text += fmt::format("upload {}:", upload.key.text());
    for (const PartInfo& part : must(store.parts({bucket, upload.key, upload.id}, 0, most_parts)).parts) {
      text += fmt::format(" {} of {}", part.number.value(), part.size);
    }
    text += "\n";
  }
  return text;
}

std::size_t count_of_segments(const std::filesystem::path& folder) {
  auto connection = sqlite::Connection::open(folder / "partsmith.db", sqlite::Connection::Mode::read);
  REQUIRE(connection);
  sqlite::Session db(*connection);
  static constexpr sqlite::Query count{"SELECT count(*) FROM segments"};
  return static_cast<std::size_t>(db.integer(count).value());
}

void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

/// Nothing but parts of `case.kept`, and what was seen before.
void check_opened(const std::filesystem::path& folder, const Case& one, const BucketName& bucket,
                  const std::string& expected) {
  const SystemClock clock;
  auto store = open_local_store({.folder = folder, .clock = &clock});
  REQUIRE(store);
  CHECK(seen(**store, bucket) == expected);
  store->reset();
  CHECK(bytes_below(folder / "blobs") == one.kept * part_size);
  CHECK(inconsistencies(folder) == std::vector<std::string>{});
}

}  // namespace

TEST_CASE(
    "many parts are freed in steps, others write between them, and a crash between them loses nothing") {
  const Case& one = GENERATE(from_range(cases()));
  CAPTURE(one.what);
  const auto store = std::make_unique<StoreFixture>(Durability::process, nullptr, freed_at_once);
  must((*store)->create_bucket(store->bucket, "us-east-1"));
  UploadRef upload = store->begin("first");
  std::size_t parts = 0;
  for (std::size_t n = 0; n < one.uploads.size(); ++n) {
    if (n > 0) upload = store->begin("first");
    for (int number = 1; number <= one.uploads[n]; ++number)
      must(store->part(upload, number, big('x', part_size)));
    parts += static_cast<std::size_t>(one.uploads[n]);
  }
  REQUIRE(store->blob_files().size() == parts);

  const TemporaryFolder crashed;
  std::size_t removed = 0;
  std::size_t left = 0;
  store->files().fail_when([&](const std::string& call, const auto&) {
    if (call == "remove" && ++removed == 1) {
      copy_folder(store->folder(), crashed.path() / "store");
      left = count_of_segments(store->folder());
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
  CHECK(store->stored_bytes() == one.kept * part_size);
  const std::string after = seen(store->store(), store->bucket);
  store->close();
  CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});

  const TemporaryFolder repaired;
  copy_folder(crashed.path() / "store", repaired.path() / "store");
  check_opened(crashed.path() / "store", one, store->bucket, after);

  const auto sound = fsck_local_store({.folder = repaired.path() / "store", .repair = true});
  REQUIRE(sound);
  CHECK(sound->problems == sound->repaired);
  CHECK(inconsistencies(repaired.path() / "store") == std::vector<std::string>{});
  check_opened(repaired.path() / "store", one, store->bucket, after);
}
