#include "catch.h"
#include "faults/fault_set.h"
#include "journal/journal.h"
#include "names.h"

using namespace partsmith;
using namespace partsmith::server;

namespace {

std::shared_ptr<const Visit> visit_with_target(std::size_t bytes) {
  Request request;
  request.method = "GET";
  request.target = "/" + std::string(bytes, 'k');
  return std::make_shared<Visit>(std::move(request), RequestIds{}, std::stop_token{});
}

FaultRule named(std::string name) {
  FaultRule rule;
  rule.name = std::move(name);
  return rule;
}

}  // namespace

TEST_CASE("A journal forgets its oldest entries") {
  Journal journal;
  const auto visit = visit_with_target(1);
  for (int i = 0; i < 10'005; ++i) journal.add({}, visit);
  const auto entries = journal.entries({}, 20'000);
  CHECK(entries.size() == 10'000);
  CHECK(entries.front().id == 6);
  CHECK(journal.last_id() == 10'005);
}

TEST_CASE("A journal keeps no more heads than its bytes allow") {
  Journal journal;
  const auto visit = visit_with_target(1 << 20);
  for (int i = 0; i < 100; ++i) journal.add({}, visit);
  CHECK(journal.entries({}, 20'000).size() < 12);
}

TEST_CASE("A world has at most a thousand rules") {
  FaultSet rules;
  for (int i = 0; i < 1'000; ++i) REQUIRE(rules.add(named(std::to_string(i))));
  CHECK_FALSE(rules.add(named("one more")));
  CHECK(rules.add(named("7")));  // in the place of the other
  CHECK(rules.list().size() == 1'000);
}

TEST_CASE("A glob of many stars is compared in bounded time") {
  std::string glob;
  for (int i = 0; i < 30; ++i) glob += "*a";
  CHECK_FALSE(matches_glob(glob + "b", std::string(1'000, 'a')));
  CHECK(matches_glob(glob, std::string(1'000, 'a')));
  CHECK(matches_glob("a?c*", "abcdef"));
  CHECK_FALSE(matches_glob("a?c", "abcd"));
  CHECK(matches_glob("*", ""));
}
