// No statement of the store may look through a whole table: its time would grow with what is stored.

#include <deque>

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

}  // namespace

TEST_CASE("every statement finds its rows by an index and in the order it wants") {
  StoreFixture store;
  store.close();
  auto connection = sqlite::Connection::open(store.folder() / "partsmith.db", sqlite::Connection::Mode::read);
  REQUIRE(connection);
  int explained = 0;
  std::deque<std::string> texts;
  std::deque<sqlite::Query> explains;  // a connection knows a statement by the address of its query
  for (const sqlite::Query* query : queries::all) {
    if (!speaks_of_tables(*query) || query == &queries::count_schema) continue;
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
