#include <nlohmann/json.hpp>

#include <partsmith/conformance/reports.h>

#include "catch.h"

using namespace partsmith::conformance;

namespace {

RunResult some_result() {
  RunResult result;
  result.endpoint = "http://localhost:9000";
  result.bucket = "b";
  CheckResult passed;
  passed.id = "multipart.a";
  passed.spent = {2, 100};
  CheckResult failed;
  failed.id = "multipart.b";
  failed.title = "What S3 does";
  failed.level = Level::should;
  failed.source = "recording: something";
  failed.outcome = Outcome::failed;
  failed.failures = {{"status 400", "status 200", "PUT /b/k", "200\n\n<X/>"},
                     {"Code 'A'", "no Code", "PUT /b/k", "200\n\n<X/>"},
                     {"status 404", "status 500", "GET /b/k", "500\n\xff"}};
  failed.reproduce = "s3 -X PUT\n";
  failed.spent = {3, 1 << 20};
  CheckResult skipped;
  skipped.id = "multipart.c";
  skipped.outcome = Outcome::skipped;
  skipped.skip_reason = "the budget of bytes is spent";
  CheckResult error;
  error.id = "multipart.d";
  error.outcome = Outcome::error;
  error.defect = "out of range";
  result.checks = {passed, failed, skipped, error};
  result.leftovers = {"object b/k: AccessDenied"};
  return result;
}

std::size_t count(const std::string& text, std::string_view piece) {
  std::size_t found = 0;
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("A failing check's text tells what was sent, what came back, what S3 answers, and the source") {
  CHECK(failure_text(some_result().checks[1]) ==
        "multipart.b (should): What S3 does\n"
        "    sent:\n"
        "      PUT /b/k\n"
        "    came back:\n"
        "      200\n"
        "\n"
        "      <X/>\n"
        "    S3 answers: status 400\n"
        "           not: status 200\n"
        "    S3 answers: Code 'A'\n"
        "           not: no Code\n"
        "    sent:\n"
        "      GET /b/k\n"
        "    came back:\n"
        "      500\n"
        "      \xff\n"
        "    S3 answers: status 404\n"
        "           not: status 500\n"
        "    source (recorded): recording: something\n"
        "      https://github.com/localstack/localstack/tree/v4.13.1/tests/aws/services/s3\n"
        "    to reproduce:\n"
        "      s3 -X PUT\n");
}

TEST_CASE(
    "Where only an error's message or fields differ, the text says so, and the sum tells how many those "
    "are") {
  auto result = some_result();
  CHECK(text_report(result, false).find("error aren't") == std::string::npos);
  for (auto& failure : result.checks[1].failures) failure.in_error_text = true;
  const auto text = text_report(result, false);
  CHECK(text.find("    What it did is right; only the message or fields of its error aren't.\n    source "
                  "(recorded): ") != std::string::npos);
  CHECK(text.find("1 failed (1 only in the message or fields of an error)") != std::string::npos);
  CHECK(json_report(result).find("\"in_error_text\": true") != std::string::npos);
}

TEST_CASE("The text tells failures, skipped checks, leftovers and the sum") {
  const auto text = text_report(some_result(), false);
  CHECK(count(text, "FAILED multipart.b") == 1);
  CHECK(text.find("skipped multipart.c: the budget of bytes is spent") != std::string::npos);
  CHECK(text.find("ERROR multipart.d: a defect of the check, not of the endpoint: out of range") !=
        std::string::npos);
  CHECK(text.find("left over: object b/k: AccessDenied") != std::string::npos);
  CHECK(text.ends_with("1 passed, 1 failed, 1 in error, 1 skipped of 4 in 0.0 s: 5 requests, 1.0 MiB\n"));
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text_report(some_result(), true).find("\x1b[31mFAILED") != std::string::npos);
}

TEST_CASE("The JSON holds the same, whatever bytes a server sent") {
  const auto json = nlohmann::json::parse(json_report(some_result()));
  CHECK(json["totals"] == nlohmann::json{{"passed", 1},
                                         {"failed", 1},
                                         {"unsteady", 0},
                                         {"busy", 0},
                                         {"no_right", 0},
                                         {"not_offered", 0},
                                         {"skipped", 1},
                                         {"error", 1},
                                         {"expected", 0},
                                         {"text_alone", 0}});
  CHECK(json["endpoint"] == "http://localhost:9000");
  REQUIRE(json["checks"].size() == 4);
  CHECK(json["checks"][0]["outcome"] == "passed");
  CHECK_FALSE(json["checks"][0].contains("failures"));
  CHECK(json["checks"][1]["failures"].size() == 3);
  CHECK(json["checks"][1]["failures"][0]["expected"] == "status 400");
  CHECK(json["checks"][1]["level"] == "should");
  CHECK(json["checks"][2]["skip_reason"] == "the budget of bytes is spent");
  CHECK(json["checks"][1]["reproduce"] == "s3 -X PUT\n");
  CHECK(json["checks"][3]["defect"] == "out of range");
  CHECK(json["leftovers"].size() == 1);
}

TEST_CASE("A plan tells what runs, what it costs, and what is skipped why") {
  const auto body = [](CheckContext&) {};
  const std::vector<Check> checks{
      {.id = "a", .title = "A", .source = "s", .cost = {2, 0}, .body = body},
      {.id = "b", .title = "B", .source = "s", .cost = {1, 9'000'000}, .body = body}};
  const auto text = plan_text(plan(checks, {.max_bytes = 1'000'000}));
  CHECK(text.find("2 requests, 8.0 KiB") != std::string::npos);
  CHECK(text.find("skipped: the budget of bytes is spent") != std::string::npos);
  CHECK(text.find("1 checks: at most 2 requests and 8.0 KiB") != std::string::npos);
  CHECK(count(list_text(checks), "\n") == 3);
}

TEST_CASE("Sizes are told in the unit that fits") {
  CHECK(size_text(0) == "0 bytes");
  CHECK(size_text(1023) == "1023 bytes");
  CHECK(size_text(1536) == "1.5 KiB");
  CHECK(size_text(5 * 1024 * 1024) == "5.0 MiB");
  CHECK(size_text(std::uint64_t{3} << 30) == "3.0 GiB");
}
