#pragma once
/// Pages of docs/ that are made of the tables that the tests run: a table stands between `<!-- name -->` and
/// `<!-- /name -->`. PARTSMITH_WRITE_PAGE=1 writes it anew.

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "catch.h"

namespace partsmith::test {

/// Holds the table of that name, on that page of docs/, to the text.
inline void check_page(const std::string& page, const std::string& name, const std::string& table) {
  const std::string path = std::string(PARTSMITH_DOCS) + '/' + page;
  std::ostringstream read;
  read << std::ifstream(path).rdbuf();
  std::string text = read.str();
  const std::string open = "<!-- " + name + " -->\n";
  const std::size_t begin = text.find(open);
  const std::size_t end = text.find("<!-- /" + name + " -->");
  if (begin == std::string::npos || end == std::string::npos)
    throw std::runtime_error(page + " has no " + name);
  const std::size_t from = begin + open.size();
  if (std::getenv("PARTSMITH_WRITE_PAGE") != nullptr) {
    text.replace(from, end - from, table);
    std::ofstream(path) << text;
    return;
  }
  CHECK(text.substr(from, end - from) == table);
}

/// How the tables write a source that isn't there.
inline std::string source_or_unsettled(std::string_view source) {
  return source.empty() ? "unsettled" : std::string(source);
}

}  // namespace partsmith::test
