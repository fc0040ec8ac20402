/// docs/conformance/catalogue.md is the catalogue, word for word, and tells which checks hold which recorded
/// fact. PARTSMITH_WRITE_PAGE=1 writes it anew.

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <partsmith/conformance/catalogue.h>
#include <partsmith/conformance/source.h>

#include "catch.h"

using namespace partsmith::conformance;

namespace {

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// "a-{b,c}" as "a-b" and "a-c".
void expand(const std::string& text, std::vector<std::string>& cases) {
  const auto open = text.find('{');
  if (open == std::string::npos) {
    cases.push_back(text);
    return;
  }
  const auto close = text.find('}', open);
  std::istringstream alternatives(text.substr(open + 1, close - open - 1));
  for (std::string one; std::getline(alternatives, one, ',');) {
    expand(text.substr(0, open) + one + text.substr(close + 1), cases);
  }
}

/// The first column of every row of docs/s3-truth.md's tables of cases that a test holds: what the server
/// can't do yet no check asks for.
std::vector<std::string> recorded_cases() {
  std::vector<std::string> cases;
  std::istringstream page(text_of(PARTSMITH_TRUTH_PAGE));
  bool in_table = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("| case ") || !line.starts_with("|")) in_table = line.starts_with("| case ");
    const bool held =
        line.find("`test_") != std::string::npos && line.find("*not built*") == std::string::npos;
    if (!in_table || !line.starts_with("| ") || line.starts_with("| case ") || !held) continue;
    auto cell = line.substr(2, line.find(" |", 2) - 2);
    if (const auto year = cell.find(" (2023)"); year != std::string::npos) cell.erase(year);
    std::string name;
    bool in_braces = false;
    for (const char c : cell + ',') {
      if (c == '{') in_braces = true;
      if (c == '}') in_braces = false;
      if (c == ',' && !in_braces) {
        expand(name, cases);
        name.clear();
      } else if (c != ' ') {
        name += c;
      }
    }
  }
  return cases;
}

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
}

/// Not as a piece of another name.
bool names(const std::string& source, const std::string& name) {
  for (auto at = source.find(name); at != std::string::npos; at = source.find(name, at + 1)) {
    const bool begins = at == 0 || !is_name_character(source[at - 1]);
    const auto end = at + name.size();
    if (begins && (end == source.size() || !is_name_character(source[end]))) return true;
  }
  return false;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string result;
  for (const auto& text : texts) result += (result.empty() ? "" : ", ") + text;
  return result;
}

std::vector<std::string> checks_of(const std::vector<Check>& checks, const std::string& recorded) {
  std::vector<std::string> ids;
  for (const auto& check : checks) {
    if (names(check.source, recorded)) ids.push_back('`' + check.id + '`');
  }
  return ids;
}

/// A bar would end the cell.
std::string cell(std::string text) {
  for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, 1, '\\');
  return text;
}

/// Each link with its text; a recording's case is told on our own page, too.
std::string linked(const Source& source) {
  std::string text;
  for (const auto& link : source.links) {
    if (!text.empty()) text += ", ";
    text += '[' + cell(link.text) + "](" + link.url + ')';
  }
  return text;
}

std::string page_of(const std::vector<Check>& checks) {
  std::ostringstream page;
  page << "# The catalogue\n\nWhat `partsmith conform` checks, in its order; "
          "`tests/unit/conformance/catalogue_page_test.cc` keeps this "
          "page true, and writes it anew\nwith `PARTSMITH_WRITE_PAGE=1`. The cost of a check is its "
          "requests, and the bytes of parts and "
          "objects.\n\nWhat is known is *recorded* (an answer of Amazon S3: [s3-truth.md](../s3-truth.md) "
          "has each "
          "case by its name, and whose tests it is from), *documented* (API reference, user guide\nor an RFC "
          "say it "
          "in words), *reported* (somebody measured or met it), or *inferred* from what is said elsewhere. "
          "Only what is "
          "recorded or documented is a *must*.\n\n"
       << checks.size()
       << " checks.\n\n| check | level | what Amazon S3 does | known | from | requests | bytes | "
          "needs |\n|---|---|---|---|---|---|---|---|\n";
  for (const auto& check : checks) {
    std::vector<std::string> needs;
    for (const auto need : check.needs) needs.emplace_back(to_string(need));
    page << "| `" << check.id << "` | " << to_string(check.level) << " | " << cell(check.title) << " | "
         << to_string(read_source(check.source).grade) << " | " << linked(read_source(check.source)) << " | "
         << check.cost.requests << " | " << check.cost.bytes << " | " << joined(needs) << " |\n";
  }
  page << "\n# The recorded cases\n\nThe cases of [s3-truth.md](../s3-truth.md), and the checks that hold "
          "them.\n\n| case | checks |\n|---|---|\n";
  for (const auto& recorded : recorded_cases()) {
    page << "| " << recorded << " | " << joined(checks_of(checks, recorded)) << " |\n";
  }
  return page.str();
}

}  // namespace

TEST_CASE("Each recorded case is held by a check") {
  const auto checks = catalogue();
  const auto cases = recorded_cases();
  CHECK(cases.size() > 150);
  for (const auto& recorded : cases) {
    INFO(recorded);
    CHECK_FALSE(checks_of(checks, recorded).empty());
  }
}

TEST_CASE("docs/conformance/catalogue.md is the catalogue") {
  const auto page = page_of(catalogue());
  if (std::getenv("PARTSMITH_WRITE_PAGE") != nullptr) std::ofstream(PARTSMITH_CATALOGUE_PAGE) << page;
  CHECK(text_of(PARTSMITH_CATALOGUE_PAGE) == page);
}
