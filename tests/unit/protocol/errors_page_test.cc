/// docs/errors.md is the table of errors, word for word. PARTSMITH_WRITE_PAGE=1 writes it anew.

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <partsmith/protocol/error.h>

#include "catch.h"

namespace partsmith::protocol {
namespace {

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string page() {
  std::ostringstream text;
  text << "# Errors\n\nThe table in `protocol/include/partsmith/protocol/error.h`, as a page; "
          "`tests/unit/protocol/errors_page_test.cc` keeps it true,\nand writes it anew with "
          "`PARTSMITH_WRITE_PAGE=1`. The document of an error has Code, Message, the fields named here, "
          "RequestId\nand HostId, in this order, and never a Resource. A field with \"?\" is not in every "
          "error of the code. \"unsettled\": no recording and\nno report shows the fields; they are as "
          "partsmith has them. `tests/kinds/test_errors.py` provokes the errors that a client can\n"
          "provoke, and compares their fields with this page.\n\n"
          "| code | status | message | fields | fields known from |\n|---|---|---|---|---|\n";
  for (const auto& row : error_table()) {
    text << "| " << row.name << " | " << row.status << " | " << row.message << " | " << row.fields << " | "
         << row.source << " |\n";
  }
  return text.str();
}

}  // namespace

TEST_CASE("docs/errors.md is the table of errors") {
  if (std::getenv("PARTSMITH_WRITE_PAGE") != nullptr) std::ofstream(PARTSMITH_ERRORS_PAGE) << page();
  CHECK(text_of(PARTSMITH_ERRORS_PAGE) == page());
}

TEST_CASE("Every error has a source for its fields, and names each field once") {
  for (const auto& row : error_table()) {
    INFO(row.name);
    CHECK_FALSE(row.source.empty());
    std::set<std::string> names;
    std::istringstream fields{std::string(row.fields)};
    for (std::string name; fields >> name;) {
      if (name.ends_with('?')) name.pop_back();
      CHECK(names.insert(name).second);
      CHECK(name != "Resource");
    }
  }
}

}  // namespace partsmith::protocol
