// A database of somebody else's: nothing in it runs, and no value of it is believed before it was looked at.

#include <algorithm>
#include <random>

#include "hostile_folder.h"
#include "old_formats.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace fs = std::filesystem;

namespace {

/// A column of one of the tables.
struct Column {
  std::string table;
  std::string name;
  std::string type;
};

std::vector<Column> columns_of(const fs::path& folder) {
  static constexpr sqlite::Query query{
      "SELECT t.name, c.name, c.type FROM pragma_table_list t, pragma_table_info(t.name) c "
      "WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'"};
  auto connection = sqlite::Connection::open(folder / "partsmith.db", sqlite::Connection::Mode::read);
  REQUIRE(connection);
  sqlite::Session db(*connection);
  std::vector<Column> columns;
  auto rows = db.query(query);
  while (rows.next()) {
    columns.push_back({std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))});
  }
  REQUIRE_FALSE(db.failed());
  return columns;
}

std::vector<std::string> hostile_values(const std::string& type) {
  if (type == "INTEGER") {
    return {"-1",
            "0",
            "4294967296",
            "9007199254740992",
            "9223372036854775807",
            "-9223372036854775808",
            "abs(random() % 7)"};
  }
  if (type == "TEXT") {
    return {"''",
            "'../../victim'",
            "char(13, 10) || 'x: y'",
            "CAST(x'fffe00' AS TEXT)",
            "hex(zeroblob(300000))",
            "replace(hex(zeroblob(30000)), '00', '[')"};
  }
  return {"x''", "zeroblob(100000)"};
}

/// Opens, uses, checks and repairs it. Whatever that comes to, it ends, and touches nothing outside.
void go_through(const HostileFolder& folder) {
  if (const auto store = folder.open()) use(**store);
  static_cast<void>(look(folder.path(), true, true));
  CHECK(folder.victim_is_whole());
}

}  // namespace

TEST_CASE(
    "whatever a value of the database is, a store with it opens or is refused, and nothing else happens") {
  const auto columns = columns_of(HostileFolder().path());
  REQUIRE(columns.size() > 50);
  for (const Column& column : columns) {
    for (const std::string& value : hostile_values(column.type)) {
      CAPTURE(column.table, column.name, value);
      const HostileFolder folder;
      // Where a value must be unique, one row gets it.
      folder.sql("PRAGMA ignore_check_constraints = ON; UPDATE OR REPLACE " + column.table + " SET " +
                 column.name + " = " + value);
      go_through(folder);
    }
  }
}

TEST_CASE("values of wrong types and NULLs, which SQLite keeps out of such tables, do no harm") {
  const auto columns = columns_of(HostileFolder().path());
  for (const Column& column : columns) {
    for (const std::string value : {"NULL", "'text'", "1.5e300"}) {
      CAPTURE(column.table, column.name, value);
      const HostileFolder folder;
      // The table is what it should be before and after, and takes everything in between.
      const std::string table = " WHERE type = 'table' AND name = '" + column.table + "'";
      folder.sql(
          "PRAGMA writable_schema = ON; CREATE TABLE kept(sql TEXT);"
          "INSERT INTO kept SELECT sql FROM sqlite_schema" +
          table +
          ";"
          "UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT, ', ''), 'STRICT', '')" +
          table);
      folder.sql("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', '')" +
                 table);
      try {
        folder.sql("UPDATE OR REPLACE " + column.table + " SET " + column.name + " = " + value);
      } catch (const std::runtime_error&) {  // a key of a table takes no NULL
      }
      folder.sql("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = (SELECT sql FROM kept)" +
                 table);
      folder.sql("DROP TABLE kept");
      go_through(folder);
    }
  }
}

TEST_CASE("what runs of itself, or is no table of the store's, is refused before anything is done with it") {
  const std::vector<std::string> additions{
      "CREATE TRIGGER t AFTER INSERT ON buckets BEGIN DELETE FROM objects; END",
      "CREATE TRIGGER t AFTER UPDATE ON blobs BEGIN UPDATE blobs SET name = '../victim'; END",
      "CREATE VIEW v AS SELECT 1",
      "ALTER TABLE buckets RENAME TO others; CREATE VIEW buckets AS SELECT * FROM others",
      "CREATE TABLE more(a)",
      "CREATE INDEX slow ON objects(abs(size))",
      "CREATE INDEX objects_more ON objects(key)",
      "DROP INDEX blobs_free",
      "DROP INDEX blobs_free; CREATE INDEX blobs_free ON blobs(size) WHERE refs = 0",
      "ALTER TABLE objects ADD COLUMN more INTEGER AS (size * 2)",
      "ALTER TABLE objects ADD COLUMN more TEXT DEFAULT ('x')",
      "CREATE VIRTUAL TABLE v USING fts5(a)",
      "ANALYZE",
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'size INTEGER NOT NULL', "
      "'size INTEGER NOT NULL CHECK(randomblob(1000000000))') WHERE name = 'objects'",
      "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT type, name, tbl_name, rootpage, sql "
      "FROM "
      "sqlite_schema WHERE name = 'objects'",
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = "
      "'CREATE TRIGGER t AFTER INSERT ON buckets BEGIN SELECT 1; END' WHERE name = 'blobs_free'",
      "PRAGMA user_version = 8",
      "PRAGMA user_version = 2147483647",
      "PRAGMA user_version = -1",
      "PRAGMA user_version = 3",
      "PRAGMA application_id = 0",
  };
  for (const std::string& addition : additions) {
    CAPTURE(addition);
    const HostileFolder folder;
    try {
      folder.sql(addition);
    } catch (const std::runtime_error& error) {
      if (addition.find("fts5") == std::string::npos) throw;  // SQLite can be built without
      continue;
    }
    const std::string before = text_of(folder.path() / "partsmith.db");
    const auto store = folder.open();
    REQUIRE_FALSE(store);
    CHECK(store.error().find('\n') == std::string::npos);
    for (const bool repair : {false, true}) CHECK_FALSE(look(folder.path(), true, repair).summary);
    CHECK(text_of(folder.path() / "partsmith.db") == before);
  }
}

TEST_CASE("a trigger in a store of an older format doesn't see the store brought up") {
  for (const std::string addition :
       {"CREATE TRIGGER t AFTER INSERT ON totals BEGIN DELETE FROM objects; END",
        "CREATE VIEW bucket_documents AS SELECT 1", "DROP INDEX objects_by_key"}) {
    CAPTURE(addition);
    const TemporaryFolder folder;
    write_sql(folder.path(), format_1);
    write_sql(folder.path(), format_1_rows);
    write_sql(folder.path(), format_2_step);
    write_sql(folder.path(), addition);
    const SystemClock clock;
    CHECK_FALSE(open_local_store({.folder = folder.path(), .clock = &clock}));
    static constexpr sqlite::Query format{"PRAGMA user_version"};
    auto connection =
        sqlite::Connection::open(folder.path() / "partsmith.db", sqlite::Connection::Mode::read);
    REQUIRE(connection);
    sqlite::Session db(*connection);
    CHECK(db.integer(format) == 2);
  }
}

TEST_CASE("a copy of an object whose segments don't follow each other is refused, and ends") {
  const std::vector<std::string> damages{
      "UPDATE segments SET length = 0",
      "UPDATE segments SET start = start + 1 WHERE start = 0",
      "UPDATE segments SET length = length - 1",
      "UPDATE segments SET length = 9007199254740992",
      "UPDATE OR REPLACE segments SET start = -5",
      "UPDATE segments SET blob_offset = 9223372036854775807",
      "UPDATE parts SET start = 9223372036854775807 WHERE start > 0",
      "UPDATE parts SET start = -9223372036854775808 WHERE start = 0",
      "UPDATE objects SET size = 9007199254740992",
  };
  for (const std::string& damage : damages) {
    CAPTURE(damage);
    const HostileFolder folder;
    folder.sql(damage);
    go_through(folder);
    const HostileFolder again;
    again.sql(damage);
    auto store = again.open();
    REQUIRE(store);
    const auto lease = (*store)->open_object(bucket_name("the-bucket"), object_key("copy"));
    if (!lease) continue;
    const std::uint64_t size = (*lease)->info().size;
    const auto copied = (*store)->put_object(bucket_name("the-bucket"), object_key("new"),
                                             Content::shared(**lease, 0, size), StoreFixture::draft(""));
    if (copied) CHECK(read_object_of(**store, "new").first == read_object_of(**store, "copy").first);
  }
}

TEST_CASE("what fsck says of a store has no control characters, whatever its names are") {
  const HostileFolder folder;
  folder.sql(
      "UPDATE objects SET key = 'a' || char(10, 27) || '[2J' || char(155) || 'b', size = 7 WHERE key = "
      "'big'");
  const Found found = look(folder.path());
  REQUIRE_FALSE(found.problems.empty());
  for (const auto& problem : found.problems) {
    CAPTURE(problem.what);
    CHECK(std::ranges::none_of(problem.what, [](unsigned char c) { return c < ' ' || c == 0x7f; }));
    CHECK(problem.what.find("\xc2\x9b") == std::string::npos);
  }
}

TEST_CASE("a log whose frames are nonsense is left out or refused") {
  const HostileFolder folder;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    std::string log(32 + (24 + 4096) * (random() % 4), '\0');
    for (char& c : log) c = static_cast<char>(random());
    std::string_view("\x37\x7f\x06\x82\x00\x2d\xe2\x18", 8).copy(log.data(), 8);
    write_file(folder.path() / "partsmith.db-wal", log);
    const auto store = folder.open();
    REQUIRE(store);
    CHECK(read_object_of(**store, "small").first == "tiny");
  }
}
