// A store that an earlier version wrote is read, and brought to the newest format, once and whole.

#include <partsmith/storage/fsck.h>

#include "consistency.h"
#include "old_formats.h"
#include "sqlite/schema.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

namespace migration_queries {
using sqlite::Query;
inline constexpr Query version{"PRAGMA user_version"};
inline constexpr Query total{"SELECT bytes FROM totals"};
/// The tables, indices and their columns, white space and comments left out by SQLite's own reading of them.
inline constexpr Query columns{
    "SELECT s.type || ' ' || s.name || '(' || coalesce((SELECT group_concat(c.name || ' ' || c.type || c.pk "
    "|| "
    "c.\"notnull\") FROM pragma_table_info(s.name) c), '') || ')' FROM sqlite_schema s ORDER BY s.type, "
    "s.name"};
}  // namespace migration_queries

sqlite::Connection connect(const std::filesystem::path& folder) {
  auto connection = sqlite::Connection::open(folder / "partsmith.db", sqlite::Connection::Mode::write);
  if (!connection) throw std::runtime_error(connection.error().detail);
  return std::move(*connection);
}

std::int64_t integer(const std::filesystem::path& folder, const sqlite::Query& query) {
  auto connection = connect(folder);
  sqlite::Session db(connection);
  return db.integer(query).value_or(-1);
}

std::vector<std::string> columns(const std::filesystem::path& folder) {
  auto connection = connect(folder);
  sqlite::Session db(connection);
  std::vector<std::string> found;
  auto rows = db.query(migration_queries::columns);
  while (rows.next()) found.emplace_back(rows.text(0));
  REQUIRE_FALSE(db.failed());
  return found;
}

/// `format` is 1 to 6.
void write_format(int format, const std::filesystem::path& folder) {
  auto connection = connect(folder);
  REQUIRE(connection.run(format_1));
  REQUIRE(connection.run(format_1_rows));
  if (format >= 2) REQUIRE(connection.run(format_2_step));
  if (format >= 3) REQUIRE(connection.run(format_3_step));
  if (format >= 4) REQUIRE(connection.run(format_4_step));
  if (format >= 5) REQUIRE(connection.run(format_5_step));
  if (format >= 6) REQUIRE(connection.run(format_6_step));
  std::filesystem::create_directories(folder / "incoming");
  std::filesystem::create_directories(folder / "blobs" / "01");
  write_file(folder / "blobs" / "01" / "0123456789abcdef0123456789abcdef", "hello");
}

}  // namespace

TEST_CASE("a store of an older format opens with all it has, and is of the newest format from then on") {
  const int format = GENERATE(1, 2, 3, 4, 5, 6);
  const TemporaryFolder folder;
  write_format(format, folder.path());
  REQUIRE(integer(folder.path(), migration_queries::version) == format);
  const SystemClock clock;
  for (int start = 0; start < 2; ++start) {
    auto store = open_local_store({.folder = folder.path(), .clock = &clock});
    if (!store) FAIL(store.error());
    const BucketName bucket = bucket_name("the-bucket");
    CHECK(StoreFixture::read_all(*must((*store)->open_object(bucket, object_key("small")))) == "tiny");
    CHECK(StoreFixture::read_all(*must((*store)->open_object(bucket, object_key("file")))) == "hello");
    CHECK(must((*store)->list_uploads(bucket, {})).uploads.size() == 1);
    CHECK(must((*store)->bucket(bucket)).versioning == Versioning::unversioned);
    CHECK(must((*store)->list_versions(bucket, {})).versions.size() == 2);
  }
  CHECK(integer(folder.path(), migration_queries::version) == sqlite::format_version);
  CHECK(integer(folder.path(), migration_queries::total) == 9);
  const auto looked = fsck_local_store({.folder = folder.path(), .deep = true});
  REQUIRE(looked);
  CHECK(looked->problems == 0);
}

TEST_CASE("a store that was brought up has the same tables as a new one") {
  const TemporaryFolder folder;
  write_format(GENERATE(1, 2, 3, 4, 5, 6), folder.path());
  const SystemClock clock;
  REQUIRE(open_local_store({.folder = folder.path(), .clock = &clock}));
  StoreFixture fresh;
  fresh.close();
  CHECK(columns(folder.path()) == columns(fresh.folder()));
}

TEST_CASE("looking at a store of format 1 does not change it") {
  const TemporaryFolder folder;
  write_format(1, folder.path());
  const auto looked = fsck_local_store({.folder = folder.path()});
  REQUIRE_FALSE(looked);
  CHECK(looked.error().find("format 1") != std::string::npos);
  CHECK(integer(folder.path(), migration_queries::version) == 1);
}

TEST_CASE("a store of format 1 that cannot be brought up stays as it was") {
  const TemporaryFolder folder;
  write_format(1, folder.path());
  REQUIRE(connect(folder.path()).run("CREATE TABLE totals(other TEXT)"));
  const SystemClock clock;
  const auto store = open_local_store({.folder = folder.path(), .clock = &clock});
  REQUIRE_FALSE(store);
  CHECK(store.error().find('\n') == std::string::npos);
  CHECK(integer(folder.path(), migration_queries::version) == 1);
}
