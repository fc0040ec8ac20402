#include <regex>
#include <set>

#include <partsmith/conformance/catalogue.h>
#include <partsmith/conformance/source.h>

#include "catch.h"

using namespace partsmith::conformance;

TEST_CASE("Every check has an id of its own in the fixed form") {
  const std::regex form(
      "(multipart|object|bucket|customer-key|headers|versions|routing|signing)(\\.[a-z0-9]+(-[a-z0-9]+)*)+");
  std::set<std::string> ids;
  for (const auto& check : catalogue()) {
    INFO(check.id);
    CHECK(std::regex_match(check.id, form));
    CHECK(ids.insert(check.id).second);
  }
  CHECK(ids.size() >= 780);
}

TEST_CASE("Every check says what S3 does, how that is known, and what it costs") {
  for (const auto& check : catalogue()) {
    INFO(check.id);
    CHECK(check.title.size() > 10);
    CHECK(check.cost.requests > 0);
    CHECK(check.body);
  }
}

TEST_CASE(
    "Every source is links that a reader can open, and no must rests on less than a recording or a page") {
  for (const auto& check : catalogue()) {
    INFO(check.id << ": " << check.source);
    const auto source = read_source(check.source);
    CHECK_FALSE(source.links.empty());
    for (const auto& link : source.links) CHECK(link.url.starts_with("https://"));
    if (check.level == Level::must)
      CHECK((source.grade == Grade::recorded || source.grade == Grade::documented));
  }
}

TEST_CASE("A source is read into its links and the grade of the best of them") {
  struct Case {
    std::string text;
    Grade grade;
    std::vector<std::string> urls;
  };
  const std::string recordings =
      "https://github.com/localstack/localstack/tree/v4.13.1/tests/aws/services/s3";
  const std::string api = "https://docs.aws.amazon.com/AmazonS3/latest/API/";
  const std::string guide = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/";
  const Case cases[] = {
      {"recording: a-case (a, b)", Grade::recorded, {recordings}},
      {"S3 API: UploadPart (x, y), Error responses (InvalidArgument)",
       Grade::documented,
       {api + "API_UploadPart.html", api + "ErrorResponses.html"}},
      {"S3 API: PutBucketCors; GetBucketCors; recording: b",
       Grade::recorded,
       {api + "API_PutBucketCors.html", api + "API_GetBucketCors.html", recordings}},
      {"user guide: What is Amazon S3?, Amazon S3 data consistency model",
       Grade::documented,
       {guide + "Welcome.html"}},
      {"reported: s3cmd#142, #276 (measured)",
       Grade::reported,
       {"https://github.com/s3tools/s3cmd/issues/142", "https://github.com/s3tools/s3cmd/issues/276"}},
      {"reported: moto pull request 4670", Grade::reported, {"https://github.com/getmoto/moto/pull/4670"}},
      {"reported: brekkylab/backlot (measured)", Grade::reported, {"https://github.com/brekkylab/backlot"}},
      {"reported: boto3#1; RFC 9110, 14.1.2",
       Grade::documented,
       {"https://github.com/boto/boto3/issues/1", "https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2"}},
      {"inferred: S3 API: UploadPart", Grade::inferred, {api + "API_UploadPart.html"}},
  };
  for (const auto& one : cases) {
    INFO(one.text);
    const auto source = read_source(one.text);
    CHECK(source.grade == one.grade);
    std::vector<std::string> urls;
    for (const auto& link : source.links) urls.push_back(link.url);
    CHECK(urls == one.urls);
  }
  for (const auto* text :
       {"", "hearsay", "S3 API: as S3 words it", "user guide: No such page", "reported: nowhere#1"})
    CHECK_THROWS_AS(read_source(text), std::invalid_argument);
}

TEST_CASE("The catalogue comes in the same order each time") {
  const auto once = catalogue();
  const auto again = catalogue();
  REQUIRE(once.size() == again.size());
  for (std::size_t i = 0; i < once.size(); ++i) CHECK(once[i].id == again[i].id);
}

TEST_CASE("Checks are chosen by patterns and by level") {
  const Check check{.id = "multipart.part.etag", .title = "t", .level = Level::should, .source = "s"};
  struct Case {
    Selection selection;
    bool selected;
  };
  const Case cases[] = {
      {{}, true},
      {{.only = {"multipart.*"}}, true},
      {{.only = {"*etag"}}, true},
      {{.only = {"multipart.part.etag"}}, true},
      {{.only = {"multipart.part"}}, false},
      {{.only = {"x", "*.part.*"}}, true},
      {{.only = {"multipart.????.etag"}}, true},
      {{.skip = {"*.part.*"}}, false},
      {{.only = {"*"}, .skip = {"*etag"}}, false},
      {{.skip = {"*md5*"}}, true},
      {{.level = Level::must}, false},
      {{.level = Level::should}, true},
  };
  for (const auto& one : cases) CHECK(selects(one.selection, check) == one.selected);
}

TEST_CASE("Levels are known by their names") {
  for (const auto level : {Level::must, Level::should, Level::quirk, Level::text})
    CHECK(level_by_name(to_string(level)) == level);
  CHECK_FALSE(level_by_name("may"));
}
