// What an emulator was asked and answered.

#include <nlohmann/json.hpp>

#include "catch.h"
#include "emulator_client.h"

using namespace partsmith;
using namespace partsmith::test;

namespace {

EmulatorOptions with_films() {
  EmulatorOptions options;
  options.buckets = {"films"};
  return options;
}

}  // namespace

TEST_CASE("An entry tells what was asked and answered") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  emulator.faults().add({.name = "gone", .match = {.key = "b"}, .fault = faults::Error{.code = "SlowDown"}});
  REQUIRE(s3.put("films", "a") == 200);
  REQUIRE(s3.send(client::put_object("films", "b", "bytes").header("amz-sdk-request", "attempt=2; max=3"))
              .status == 503);
  const auto entries = emulator.journal().entries();
  REQUIRE(entries.size() == 2);
  const JournalEntry& entry = entries.back();
  CHECK(entry.id == 2);
  CHECK(entry.operation == "PutObject");
  CHECK(entry.method == "PUT");
  CHECK(entry.target == "/films/b");
  CHECK(entry.bucket == "films");
  CHECK(entry.key == "b");
  CHECK(entry.access_key == "test");
  CHECK(entry.status == 503);
  CHECK(entry.error == "SlowDown");
  CHECK_FALSE(entry.message.empty());
  CHECK(entry.acted == std::vector<std::string>{"gone"});
  CHECK(entry.attempt == 2U);
  CHECK(entry.bytes_in > 0);
  CHECK(entry.took.count() > 0);
  CHECK_FALSE(entry.cut);
  CHECK(std::ranges::find(entry.request_headers,
                          std::pair<std::string, std::string>("amz-sdk-request", "attempt=2; max=3")) !=
        entry.request_headers.end());
  CHECK(nlohmann::json::parse(entry.json).at("status") == 503);
}

TEST_CASE("Entries are those of the filter") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  s3.put("films", "a");
  s3.put("films", "b");
  s3.get("films", "nobody");
  const auto journal = emulator.journal();
  CHECK(journal.entries({.operation = "Put*"}).size() == 2);
  CHECK(journal.entries({.key = "b"}).size() == 1);
  CHECK(journal.entries({.error = "NoSuchKey"}).size() == 1);
  CHECK(journal.entries({.status = 200}).size() == 2);
  CHECK(journal.entries({.after = 2}).front().operation == "GetObject");
  journal.clear();
  CHECK(journal.entries().empty());
}

TEST_CASE("An expectation that doesn't hold shows what happened instead, also through Catch2") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  s3.put("films", "reel");
  const Verdict verdict = emulator.journal().expect({.filter = {.operation = "UploadPart"}, .count = 5});
  CHECK_FALSE(verdict);
  CHECK(verdict.found == 0);
  CHECK(has(verdict.text, "wanted exactly 5 requests, found 0"));
  CHECK(has(verdict.text, "PutObject"));
  CHECK(has(verdict.text, "films/reel"));
  CHECK(Catch::Detail::stringify(verdict) == verdict.text);
}

TEST_CASE("An expectation counts requests, or different values") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  s3.put("films", "a");
  s3.put("films", "a");
  s3.put("films", "b");
  const auto journal = emulator.journal();
  CHECK(journal.expect({.filter = {.operation = "PutObject"}, .count = 3}));
  CHECK(journal.expect({.filter = {.operation = "PutObject"}, .count = 2, .distinct = "key"}));
  CHECK(journal.expect({.filter = {.operation = "PutObject"}}));
  CHECK_FALSE(journal.expect({.filter = {.operation = "PutObject"}, .at_least = 4}));
  CHECK_FALSE(journal.expect({.filter = {.operation = "PutObject"}, .at_most = 2}));
  CHECK(has(refusal([&] { journal.expect({.distinct = "keys"}); }), "did you mean \"key\""));
}

TEST_CASE("The journal is an HTTP Archive, too") {
  const Emulator emulator(with_films());
  EmulatorClient s3(emulator);
  s3.put("films", "a");
  const auto har = nlohmann::json::parse(emulator.journal().har());
  CHECK(har.at("log").at("entries").size() == 1);
  CHECK(har.at("log").at("creator").at("name") == "partsmith");
}
