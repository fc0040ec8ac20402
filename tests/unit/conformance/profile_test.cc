#include <partsmith/conformance/catalogue.h>
#include <partsmith/conformance/profile.h>
#include <partsmith/conformance/reports.h>

#include "catch.h"
#include "some_result.h"

using namespace partsmith::conformance;
using testing::some_check;

namespace {

RunResult run_of(std::vector<CheckResult> checks) {
  RunResult result;
  result.checks = std::move(checks);
  return result;
}

}  // namespace

TEST_CASE("Every profile of the program can be read, and says why and where each deviation is known from") {
  REQUIRE_FALSE(profile_names().empty());
  for (const auto& name : profile_names()) {
    INFO(name);
    const auto profile = find_profile(name);
    if (!profile) FAIL(profile.error());
    CHECK(profile->name == name);
    CHECK_FALSE(profile->title.empty());
    for (const auto& deviation : profile->deviations) {
      INFO(deviation.check);
      CHECK_FALSE(deviation.reason.empty());
      CHECK_FALSE(deviation.source.empty());
      CHECK_FALSE(select(catalogue(), {.only = {deviation.check}, .level = Level::text}).empty());
    }
  }
}

TEST_CASE("A profile that makes no sense is told with what is wrong") {
  struct Case {
    std::string json;
    std::string told;
  };
  const Case cases[] = {
      {"{", "it is no JSON"},
      {"[]", "it must be an object"},
      {R"({"title": "t"})", "\"name\" is missing"},
      {R"({"name": 1, "title": "t"})", "\"name\" must be a text"},
      {R"({"name": "n", "title": "t", "deviation": []})", "\"deviation\" means nothing here"},
      {R"({"name": "n", "title": "t", "deviations": {}})", "\"deviations\" must be a list"},
      {R"({"name": "n", "title": "t", "deviations": [{"check": "c"}]})", "\"reason\" is missing"},
      {R"({"name": "n", "title": "t", "deviations": [{"check": "", "reason": "r"}]})", "\"check\" is empty"},
      {R"({"name": "n", "title": "t", "serve": []})", "\"serve\" must be an object"},
  };
  for (const auto& one : cases) {
    INFO(one.json);
    const auto profile = parse_profile(one.json);
    REQUIRE_FALSE(profile);
    CHECK(profile.error().find(one.told) != std::string::npos);
  }
  const auto missing = find_profile("no-such-profile");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().find("neither a file nor one of") != std::string::npos);
}

TEST_CASE("A run fails only on what its profile doesn't expect") {
  Profile profile{.name = "p", .title = "P", .deviations = {{"m.known.*", "they do so"}}};
  auto result = run_of({some_check("m.known.a", Outcome::failed), some_check("m.new.a", Outcome::failed)});
  apply(profile, result);
  CHECK(result.checks[0].deviation->reason == "they do so");
  CHECK(result.beyond_profile() == 1);
  CHECK(result.checks[1].fails_beyond_profile());
}

TEST_CASE("What no longer deviates is told, once all that the deviation covers has been run and passed") {
  const Profile profile{.name = "p",
                        .title = "P",
                        .deviations = {{"m.gone.*", "once"},
                                       {"m.half.*", "still"},
                                       {"m.skipped.*", "perhaps"},
                                       {"m.absent.*", "elsewhere"}}};
  auto result = run_of({some_check("m.gone.a", Outcome::passed), some_check("m.gone.b", Outcome::passed),
                        some_check("m.half.a", Outcome::passed), some_check("m.half.b", Outcome::failed),
                        some_check("m.skipped.a", Outcome::skipped)});
  apply(profile, result);
  CHECK(result.gone == std::vector<std::string>{"m.gone.*: once"});
}

TEST_CASE("What differs by chance may pass, and nothing is told of it") {
  const Profile profile{.name = "p", .title = "P", .deviations = {{"m.order", "any order", "", true}}};
  auto passed = run_of({some_check("m.order", Outcome::passed)});
  apply(profile, passed);
  CHECK(passed.gone.empty());
  auto failed = run_of({some_check("m.order", Outcome::failed)});
  apply(profile, failed);
  CHECK(failed.beyond_profile() == 0);
}

TEST_CASE("An answer that the server gives at times may make any check unsteady, and none fail") {
  const Profile profile{.name = "p",
                        .title = "P",
                        .deviations = {{.check = "*", .reason = "at times", .answer = "409 Aborted"}}};
  auto result = run_of({some_check("m.unsteady", Outcome::unsteady), some_check("m.other", Outcome::unsteady),
                        some_check("m.steady", Outcome::failed)});
  for (auto& check : result.checks) {
    check.failures.front().status = 409;
    check.failures.front().code = check.id == "m.other" ? "Other" : "Aborted";
  }
  apply(profile, result);
  CHECK_FALSE(result.checks[0].fails_beyond_profile());
  CHECK(result.checks[1].fails_beyond_profile());
  CHECK(result.checks[2].fails_beyond_profile());
  CHECK(result.gone.empty());
}

TEST_CASE("What only one of two recorded runs has differs by chance") {
  const auto first = run_of({some_check("m.always", Outcome::failed), some_check("m.once", Outcome::failed),
                             some_check("m.later", Outcome::passed), some_check("m.never", Outcome::passed)});
  const auto recorded = parse_profile(record_profile(first, "theirs", {}));
  REQUIRE(recorded);
  auto second = run_of({some_check("m.always", Outcome::failed), some_check("m.once", Outcome::passed),
                        some_check("m.later", Outcome::failed), some_check("m.never", Outcome::passed)});
  const auto both = parse_profile(add_to_profile(second, *recorded));
  REQUIRE(both);
  std::vector<std::pair<std::string, bool>> rows;
  for (const auto& row : both->deviations) rows.emplace_back(row.check, row.by_chance);
  CHECK(rows ==
        std::vector<std::pair<std::string, bool>>{{"m.always", false}, {"m.once", true}, {"m.later", true}});
  apply(*both, second);
  CHECK(second.beyond_profile() == 0);
  CHECK(second.gone.empty());
}

TEST_CASE("What was unsteady within a run, and what was known to differ by chance, is recorded so") {
  const Profile base{
      .name = "p", .title = "P", .deviations = {{"m.chance", "seen", "recorded from a run", true}}};
  const auto result =
      run_of({some_check("m.unsteady", Outcome::unsteady), some_check("m.chance", Outcome::passed)});
  const auto recorded = parse_profile(record_profile(result, "theirs", base));
  REQUIRE(recorded);
  REQUIRE(recorded->deviations.size() == 2);
  CHECK(recorded->deviations[0].by_chance);
  CHECK(recorded->deviations[1].by_chance);
}

TEST_CASE("A deviation in what a run doesn't count still is one") {
  const Profile profile{.name = "p", .title = "P", .deviations = {{"m.wording", "other words"}}};
  auto result = run_of({some_check("m.wording", Outcome::passed)});
  result.checks[0].beyond_level = 1;
  apply(profile, result);
  CHECK(result.gone.empty());
}

TEST_CASE("A recorded profile expects exactly what failed, and keeps the reasons that were known") {
  const Profile base{.name = "p",
                     .title = "P",
                     .deviations = {{"m.known", "a person's words", "their page"}, {"m.gone", "old", "old"}},
                     .serve = R"({"equal_parts":true})"};
  auto result = run_of({some_check("m.known", Outcome::failed), some_check("m.gone", Outcome::passed),
                        some_check("m.new", Outcome::failed)});
  result.label = "Their server 1.2";
  const auto recorded = parse_profile(record_profile(result, "theirs", base));
  REQUIRE(recorded);
  CHECK(recorded->name == "theirs");
  CHECK(recorded->title == "Their server 1.2");
  REQUIRE(recorded->deviations.size() == 2);
  CHECK(recorded->deviations[0].reason == "a person's words");
  CHECK(recorded->deviations[1].check == "m.new");
  CHECK(recorded->deviations[1].reason.starts_with("S3 answers Code 'A'; here: "));
  CHECK(recorded->serve == base.serve);
  apply(*recorded, result);
  CHECK(result.beyond_profile() == 0);
  CHECK(result.gone.empty());
}

TEST_CASE("A recorded profile's reasons have nothing that the next run makes anew") {
  auto result = run_of({some_check("m.key", Outcome::failed)});
  const std::string key = "partsmith-conform/6b0e50edf116105d309df34a/object";
  result.checks[0].failures[0].expected = "Key '" + key + "'";
  result.checks[0].failures[0].actual = "UploadId 'VXBsb2FkIElEIGZvciA2aWWpbmcncyBteS1t'";
  const auto recorded = parse_profile(record_profile(result, "theirs", {}));
  REQUIRE(recorded);
  CHECK(recorded->deviations[0].reason ==
        "S3 answers Key 'partsmith-conform/{run}/object'; here: UploadId '{id}'");
}

TEST_CASE("What a server says itself that it hasn't needs no row of a profile") {
  auto result =
      run_of({some_check("m.said", Outcome::not_offered), some_check("m.shown", Outcome::not_offered),
              some_check("m.refused", Outcome::not_offered)});
  result.checks[0].skip_reason = "the endpoint has no tags";
  const auto answered = [](int status) {
    Failure failure;
    failure.expected = "status 403";
    failure.actual = "status " + std::to_string(status);
    failure.status = status;
    return failure;
  };
  result.checks[1].failures = {answered(200)};
  result.checks[2].failures = {answered(501)};
  const auto recorded = parse_profile(record_profile(result, "theirs", {}));
  REQUIRE(recorded);
  REQUIRE(recorded->deviations.size() == 1);
  CHECK(recorded->deviations[0].check == "m.shown");
}
