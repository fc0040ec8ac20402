#include "operations/operations.h"

#include <fstream>
#include <map>
#include <sstream>

#include "catch.h"

using namespace partsmith;
using protocol::OperationRow;
using protocol::Support;

namespace {

/// The rows between the marks in README: operation → "support | note".
std::map<std::string, std::string> documented_operations() {
  std::ifstream file(PARTSMITH_README);
  std::map<std::string, std::string> rows;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "<!-- operations -->") inside = true;
    if (line == "<!-- /operations -->") inside = false;
    const std::size_t end_of_name = line.find(" | ", 2);
    if (!inside || !line.starts_with("| ") || line.starts_with("| operation |") ||
        end_of_name == std::string::npos) {
      continue;
    }
    rows[line.substr(2, end_of_name - 2)] = line.substr(end_of_name + 3, line.size() - end_of_name - 5);
  }
  return rows;
}

}  // namespace

TEST_CASE("Every operation that the table calls supported has a function, and no other has") {
  for (const OperationRow& row : protocol::operation_table()) {
    INFO(row.name);
    CHECK((server::operation_function(row.id) != nullptr) == (row.support != Support::none));
  }
}

TEST_CASE("README lists exactly the supported operations, with what differs") {
  std::map<std::string, std::string> expected;
  for (const OperationRow& row : protocol::operation_table()) {
    if (row.support == Support::none) continue;
    expected[std::string(row.name)] =
        std::string(row.support == Support::full ? "full" : "partial") + " | " + std::string(row.note);
  }
  CHECK(documented_operations() == expected);
}
