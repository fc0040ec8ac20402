#include <regex>
#include <set>

#include <partsmith/conformance/catalogue.h>

#include "catch.h"

using namespace partsmith::conformance;

TEST_CASE("Every check has an id of its own in the fixed form") {
  const std::regex form(
      "(multipart|object|bucket|customer-key|headers|versions|routing)(\\.[a-z0-9]+(-[a-z0-9]+)*)+");
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
    CHECK((check.source.starts_with("recording: ") || check.source.starts_with("S3 API: ") ||
           check.source.starts_with("user guide: ") || check.source.starts_with("reported: ")));
    CHECK(check.cost.requests > 0);
    CHECK(check.body);
  }
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
  for (const auto level : {Level::must, Level::should, Level::quirk})
    CHECK(level_by_name(to_string(level)) == level);
  CHECK_FALSE(level_by_name("may"));
}
