// What the system refuses is told, and leaves nothing behind.

#include <sqlite3.h>

#include "consistency.h"
#include "store_fixture.h"
#include "system_errors.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

TEST_CASE("errno and SQLite codes become what the server can answer with") {
  using Code = StoreErrorCode;
  const std::vector<std::pair<int, Code>> of_errno{{ENOSPC, Code::out_of_space},
                                                   {EDQUOT, Code::out_of_space},
                                                   {EMFILE, Code::too_many_open_files},
                                                   {ENFILE, Code::too_many_open_files},
                                                   {EROFS, Code::read_only},
                                                   {EACCES, Code::read_only},
                                                   {EPERM, Code::read_only},
                                                   {EIO, Code::io}};
  for (const auto& [number, code] : of_errno) {
    CAPTURE(number);
    CHECK(system_error(number, "write x").code == code);
    CHECK(sqlite_error(SQLITE_IOERR_WRITE, number, "INSERT", "disk I/O error").code == code);
  }
  CHECK(system_error(ENOSPC, "write x").detail == "write x: No space left on device");
  const std::vector<std::pair<int, Code>> of_sqlite{
      {SQLITE_FULL, Code::out_of_space},  {SQLITE_READONLY_DBMOVED, Code::read_only},
      {SQLITE_BUSY_SNAPSHOT, Code::busy}, {SQLITE_CORRUPT, Code::damaged},
      {SQLITE_NOTADB, Code::damaged},     {SQLITE_ERROR, Code::io}};
  for (const auto& [number, code] : of_sqlite) {
    CAPTURE(number);
    CHECK(sqlite_error(number, 0, "SELECT", "said").code == code);
  }
}

TEST_CASE("every code has a name of its own") {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(StoreErrorCode::io); ++code)
    names.insert(to_string(static_cast<StoreErrorCode>(code)));
  CHECK(names.size() == static_cast<std::size_t>(StoreErrorCode::io) + 1);
  CHECK_FALSE(names.contains("unknown"));
}

TEST_CASE("a body that the disk refuses is told, and leaves nothing behind") {
  struct Case {
    std::string call;
    int number;
    StoreErrorCode code;
  };
  const std::vector<Case> cases{{"create", EMFILE, StoreErrorCode::too_many_open_files},
                                {"create", ENOSPC, StoreErrorCode::out_of_space},
                                {"write", ENOSPC, StoreErrorCode::out_of_space},
                                {"write", EIO, StoreErrorCode::io},
                                {"sync", EIO, StoreErrorCode::io},
                                {"sync_folder", EROFS, StoreErrorCode::read_only}};
  for (const Case& one : cases) {
    CAPTURE(one.call, one.number);
    auto store = StoreFixture::with_bucket(Durability::disk);
    must(store->put("k", "before"));
    const UploadRef upload = store->begin("u");
    store->files().fail(one.call, one.number);

    const auto attempt = [&](const auto& give) -> std::optional<StoreErrorCode> {
      auto writer = must(store->store().new_blob(std::nullopt));
      if (auto written = writer->write(as_bytes(big('x'))); !written) {
        CHECK(refusal(writer->write(as_bytes("more"))) == written.error().code);
        CHECK(refusal(give(Content::written(std::move(writer)))) == written.error().code);
        return written.error().code;
      }
      return refusal(give(Content::written(std::move(writer))));
    };
    CHECK(attempt([&](Content content) {
            return store->store().put_object(store->bucket, object_key("k"), std::move(content),
                                             StoreFixture::draft("x"));
          }) == one.code);
    CHECK(attempt([&](Content content) {
            return store->store().put_part(upload, part_number(1), std::move(content), {etag_of("x"), {}});
          }) == one.code);
    store->files().work_again();
    CHECK(store->read("k") == "before");
    CHECK(must(store->store().parts(upload, 0, 10)).parts.empty());
    CHECK(store->stored_bytes() == 0);
    store->close();
    CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});
  }
}

TEST_CASE("a read that the system refuses is told, and works again when the system does") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", big('a')));
  const auto lease = store->lease("k");
  std::uint8_t byte = 0;
  store->files().fail("open", EMFILE);
  CHECK(refusal(lease->read(0, {&byte, 1})) == StoreErrorCode::too_many_open_files);
  store->files().work_again();
  CHECK(must(lease->read(0, {&byte, 1})) == 1);
}

TEST_CASE(
    "a file system that turns read-only refuses every write, is read on, and is written when it can be") {
  const auto durability = GENERATE(Durability::process, Durability::disk);
  auto store = StoreFixture::with_bucket(durability);
  must(store->put("small", "before"));
  must(store->put("big", big('a')));
  const UploadRef upload = store->begin("u");
  must(store->part(upload, 1, big('p')));
  const std::vector<std::function<std::optional<StoreErrorCode>()>> writes{
      [&] { return refusal(store->put("small", "after")); },
      [&] { return refusal(store->store().delete_object(store->bucket, object_key("big"), {})); },
      [&] { return refusal(store->part(upload, 1, "small")); },
      [&] { return refusal(store->complete(upload)); },
      [&] { return refusal(store->store().abort(upload)); },
      [&] { return refusal(store->store().create_upload(store->bucket, object_key("v"), {}, {}, {})); },
      [&] { return refusal(store->store().create_bucket(bucket_name("other"), "r")); },
  };
  const auto read_only = [](const std::string& call, const auto&) {
    static const std::set<std::string> reads{"open", "read", "list", "lock", "map"};
    return reads.contains(call) ? 0 : EROFS;
  };
  for (int time = 0; time < 2; ++time) {
    store->files().fail_when(read_only);
    store->database().fail_when(read_only);
    CHECK(store->put("small", "after").error().detail.find("Read-only file system") != std::string::npos);
    for (const auto& write : writes) {
      const auto refused = write();
      REQUIRE(refused);
      CHECK(to_string(*refused) == to_string(StoreErrorCode::read_only));
    }
    CHECK(store->read("small") == "before");
    CHECK(store->read("big") == big('a'));
    CHECK(must(store->store().parts(upload, 0, 10)).parts.size() == 1);
    store->files().work_again();
    store->database().work_again();
    must(store->put("meanwhile", big('m')));
  }
  must(store->complete(upload));
  CHECK(store->read("u") == big('p'));
  store->close();
  CHECK(inconsistencies(store->folder()) == std::vector<std::string>{});
}

TEST_CASE("a row that makes no sense is told as damage") {
  auto store = StoreFixture::with_bucket();
  must(store->put("k", "x"));
  store->begin("k");
  struct Case {
    std::string sql;
    std::function<std::optional<StoreErrorCode>()> look;
  };
  const auto object = [&] { return refusal(store->store().object(store->bucket, object_key("k"))); };
  const auto uploads = [&] { return refusal(store->store().list_uploads(store->bucket, {})); };
  const std::vector<Case> cases{
      {"UPDATE objects SET attributes = '{}'", object},
      {"UPDATE objects SET attributes = 'nonsense'", object},
      {"UPDATE objects SET checksum_algorithm = 'NONE'", object},
      {"UPDATE uploads SET checksum_algorithm = 'CRC32', checksum_type = 'NONE'", uploads},
      {"UPDATE uploads SET key = ''", uploads},
      {"UPDATE buckets SET name = 'Not A Bucket'",
       [&] { return refusal(store->store().buckets("", "", 10)); }},
  };
  for (const Case& one : cases) {
    CAPTURE(one.sql);
    auto connection =
        sqlite::Connection::open(store->folder() / "partsmith.db", sqlite::Connection::Mode::write);
    REQUIRE(connection);
    REQUIRE(connection->run(one.sql));
    CHECK(one.look() == StoreErrorCode::damaged);
  }
}
