#include <nlohmann/json.hpp>

#include <partsmith/conformance/catalogue.h>
#include <partsmith/conformance/matrix.h>
#include <partsmith/conformance/reports.h>

#include "catch.h"
#include "some_result.h"

using namespace partsmith::conformance;
using testing::some_check;
using testing::some_run;

namespace {

NamedReport report(std::string name, std::vector<CheckResult> checks) {
  RunResult result;
  result.endpoint = "http://" + name;
  result.checks = std::move(checks);
  return {std::move(name), json_report(result)};
}

Matrix some_matrix() {
  const NamedReport reports[] = {
      report("one", {some_check("m.same", Outcome::passed), some_check("m.differs", Outcome::passed),
                     some_check("m.skipped", Outcome::passed)}),
      report("other",
             {some_check("m.same", Outcome::passed), some_check("m.differs", Outcome::failed),
              some_check("m.skipped", Outcome::skipped), some_check("m.only-here", Outcome::error)})};
  return *read_matrix(reports);
}

std::size_t count(const std::string& text, std::string_view piece) {
  std::size_t found = 0;
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("Runs stand side by side, each check in one row, whichever run has it") {
  const auto matrix = some_matrix();
  REQUIRE(matrix.runs.size() == 2);
  CHECK(matrix.runs[0].label == "one");
  REQUIRE(matrix.rows.size() == 4);
  CHECK(matrix.rows[1].standings == std::vector{Standing::passed, Standing::failed});
  CHECK(matrix.rows[3].standings == std::vector{Standing::absent, Standing::error});
  CHECK(matrix.count(1, Standing::passed) == 1);
}

TEST_CASE("Runs differ in a check when one passes it and another fails it") {
  const auto matrix = some_matrix();
  CHECK_FALSE(matrix.rows[0].differs());
  CHECK(matrix.rows[1].differs());
  CHECK_FALSE(matrix.rows[2].differs());
  const auto text = matrix_text(matrix, false, false);
  CHECK(text.find("m.differs") != std::string::npos);
  CHECK(text.find("m.same") == std::string::npos);
  CHECK(text.find("other: 1 of 2 as S3 answers") != std::string::npos);
  CHECK(matrix_text(matrix, true, false).find("m.same") != std::string::npos);
}

TEST_CASE("An expected deviation has a sign of its own") {
  const auto run = some_run();
  const NamedReport reports[] = {{"a", json_report(run)}, {"b", json_report(run)}};
  const auto matrix = read_matrix(reports);
  REQUIRE(matrix);
  CHECK(matrix->rows[2].standings[0] == Standing::expected);
  CHECK(matrix->runs[0].label == "a <server>");
  CHECK(matrix_markdown(*matrix).find("| ≈ | ≈ |") != std::string::npos);
}

TEST_CASE("In Markdown no text of a check breaks the table") {
  const auto text = matrix_markdown(some_matrix());
  CHECK(text.find("What S3 \\| does & says") != std::string::npos);
  CHECK(text.find("| **as S3 answers** | | | 3 of 3 | 1 of 2 |") != std::string::npos);
}

TEST_CASE("What is no report is named") {
  for (const auto* json : {"", "{}", "[1]", R"({"endpoint": "e", "started": "s", "checks": [{"id": 1}]})",
                           R"({"endpoint": "e", "started": "s", "checks": 5})"}) {
    const NamedReport reports[] = {{"broken.json", json}};
    const auto matrix = read_matrix(reports);
    INFO(json);
    REQUIRE_FALSE(matrix);
    CHECK(matrix.error().starts_with("broken.json is no report of partsmith conform: "));
  }
}

TEST_CASE("JUnit tells failures, and what the profile expects as skipped") {
  const auto xml = junit_report(some_run());
  CHECK(xml.starts_with("<?xml version=\"1.0\""));
  CHECK(count(xml, "<testcase ") == 6);
  CHECK(count(xml, "<failure ") == 1);
  CHECK(count(xml, "<error ") == 1);
  CHECK(count(xml, "<skipped ") == 3);
  CHECK(xml.find("object b/k: AccessDenied") != std::string::npos);
  CHECK(xml.find("<testsuite name=\"multipart.one\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" "
                 "time=\"4.500\"") != std::string::npos);
  CHECK(xml.find("known &amp; liked") != std::string::npos);
  CHECK(xml.find('\x01') == std::string::npos);
  CHECK(xml.find('\xff') == std::string::npos);
  CHECK(xml.find("<script") == std::string::npos);
}

TEST_CASE("Markdown tells each failure at length, and the others in a line") {
  const auto text = markdown_report(some_run());
  CHECK(text.starts_with("# S3 conformance of a &lt;server>\n"));
  CHECK(text.find("| 1 | 1 | 0 | 1 | 1 | 0 | 0 | 0 | 1 |") != std::string::npos);
  CHECK(text.find("<summary><code>multipart.one.b</code>") != std::string::npos);
  CHECK(text.find("````") != std::string::npos);  // the answer holds a fence of three
  CHECK(text.find("- `multipart.one.c`: known & liked") != std::string::npos);
  CHECK(text.find("## Left over on the server") != std::string::npos);
}

TEST_CASE("Markdown stays below 1 MiB, though every check fails and much is left over") {
  auto run = some_run();
  const auto failing = run.checks[1];
  run.checks.clear();
  for (const auto& check : catalogue()) {
    for (const auto outcome : {Outcome::failed, Outcome::skipped, Outcome::error, Outcome::busy}) {
      auto row = failing;
      row.id = check.id;
      row.outcome = outcome;
      row.skip_reason = row.defect = std::string(300, 'x');
      row.failures.assign(
          2, {std::string(200, '`'), std::string(200, '<'), std::string(900, '|'), std::string(2000, '*')});
      run.checks.push_back(row);
      if (outcome != Outcome::failed) continue;
      row.deviation = Deviation{check.id, std::string(500, '#'), "their page"};
      run.checks.push_back(row);
    }
    run.gone.push_back(check.id + std::string(500, '_'));
    run.leftovers.push_back("object " + check.id + std::string(500, '[') + ": AccessDenied");
  }
  const auto text = markdown_report(run);
  CHECK(text.size() < 1024 * 1024);
  CHECK(text.find(" more: the HTML page has them all.") != std::string::npos);
  CHECK(text.find("## By feature and level") != std::string::npos);
  CHECK(text.find("## Left over on the server") != std::string::npos);
}

TEST_CASE("Nothing that a server says becomes markup of the page") {
  const std::string json[] = {json_report(some_run())};
  const auto page = html_report(json);
  CHECK(count(page, "</script>") == 2);
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find("@DATA@") == std::string::npos);
  CHECK(page.find("src=\"http") == std::string::npos);
  CHECK(page.find("href=\"http") == std::string::npos);  // a link is made from the data when it is shown
}
