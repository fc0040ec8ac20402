#include <partsmith/conformance/runner.h>

#include "catch.h"

using namespace partsmith::conformance;

namespace {

Check check_of(std::string id, Cost cost, std::vector<Need> needs = {}) {
  return {.id = std::move(id),
          .title = "t",
          .source = "s",
          .cost = cost,
          .needs = std::move(needs),
          .body = [](CheckContext&) {}};
}

std::vector<std::string> running(const Plan& plan) {
  std::vector<std::string> ids;
  for (const auto& [check, reason] : plan.steps) {
    if (reason.empty()) ids.push_back(check.id);
  }
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("The estimate is the sum of what runs, documents included") {
  const auto made = plan({check_of("a", {2, 100}), check_of("b", {1, 0})}, {});
  CHECK(running(made) == Ids{"a", "b"});
  CHECK(made.estimate == Cost{3, 100 + 3 * document_allowance});
}

TEST_CASE("What would go beyond the budget is skipped, and what still fits runs") {
  const std::vector checks{check_of("a", {1, 1000}), check_of("large", {1, 1'000'000}),
                           check_of("b", {1, 1000})};
  const auto by_bytes = plan(checks, {.max_bytes = 100'000});
  CHECK(running(by_bytes) == Ids{"a", "b"});
  CHECK(by_bytes.steps[1].skip_reason == "the budget of bytes is spent");
  CHECK(by_bytes.estimate.bytes <= 100'000);
  const auto by_requests = plan(checks, {.max_requests = 2});
  CHECK(running(by_requests) == Ids{"a", "large"});
  CHECK(by_requests.steps[2].skip_reason == "the budget of requests is spent");
}

TEST_CASE("A check that needs a bucket of its own is skipped in a run bound to one") {
  const std::vector checks{check_of("shared", {1, 0}), check_of("own", {1, 0}, {Need::own_bucket})};
  CHECK(running(plan(checks, {.bucket = "mine"})) == Ids{"shared"});
  CHECK(running(plan(checks, {})) == Ids{"shared", "own"});
}
