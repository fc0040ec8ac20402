// No statement of the store may look through a whole table: its time would grow with what is stored.

#include <deque>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "sqlite/queries.h"
#include "sqlite/schema.h"
#include "sqlite/session.h"
#include "store_fixture.h"

using namespace partsmith;
using namespace partsmith::storage;
using namespace partsmith::storage::testing;

namespace {

bool speaks_of_tables(const sqlite::Query& query) {
  const std::string_view sql(query.sql);
  return sql.starts_with("SELECT") || sql.starts_with("INSERT") || sql.starts_with("UPDATE") ||
         sql.starts_with("DELETE");
}

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// The names that the pattern's first group finds.
std::set<std::string> names_in(const std::string& text, const char* pattern) {
  std::set<std::string> names;
  const std::regex wanted(pattern);
  for (auto found = std::sregex_iterator(text.begin(), text.end(), wanted); found != std::sregex_iterator();
       ++found) {
    names.insert((*found)[1].str());
  }
  return names;
}

}  // namespace

TEST_CASE("every statement of the store is in the one list, and nowhere else") {
  const std::filesystem::path sources = PARTSMITH_STORAGE_SOURCES;
  const std::string text = text_of(sources / "sqlite" / "queries.h");
  const std::size_t list = text.find("std::array all{");
  REQUIRE(list != std::string::npos);
  const auto defined = names_in(text.substr(0, list), "constexpr Query ([a-z_]+)");
  CHECK(defined == names_in(text.substr(list), "&([a-z_]+)"));
  CHECK(defined.size() == queries::all.size());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(sources)) {
    const std::string name = entry.path().filename().string();
    // fsck and snapshots look through whole tables on purpose.
    if (!entry.is_regular_file() || name == "queries.h" || name == "fsck_queries.h") continue;
    if (name == "whole_store_queries.h") continue;
    CAPTURE(entry.path().string());
    CHECK(names_in(text_of(entry.path()), "Query ([a-z_]+)\\{").empty());
    CHECK(names_in(text_of(entry.path()), "\"(SELECT|INSERT|UPDATE|DELETE) ").empty());
  }
}

TEST_CASE("every statement finds its rows by an index and in the order it wants") {
  StoreFixture store;
  store.close();
  auto connection = sqlite::Connection::open(store.folder() / "partsmith.db", sqlite::Connection::Mode::read);
  REQUIRE(connection);
  int explained = 0;
  std::deque<std::string> texts;
  std::deque<sqlite::Query> explains;  // a connection knows a statement by the address of its query
  for (const sqlite::Query* query : queries::all) {
    if (!speaks_of_tables(*query) || query == &queries::count_schema || query == &queries::schema) continue;
    const std::string& sql = texts.emplace_back(std::string("EXPLAIN QUERY PLAN ") + query->sql);
    const sqlite::Query& explain = explains.emplace_back(sql.c_str());
    sqlite::Session session(*connection);
    auto rows = session.query(explain);
    while (rows.next()) {
      const std::string step(rows.text(3));
      CAPTURE(query->sql, step);
      CHECK(step.find("SCAN") == std::string::npos);
      CHECK(step.find("TEMP B-TREE") == std::string::npos);
      ++explained;
    }
    if (session.failed()) FAIL(session.failure()->detail);
  }
  CHECK(explained > 30);
}
