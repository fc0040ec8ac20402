#include <thread>

#include <partsmith/client/retry.h>

#include "catch.h"

using namespace partsmith::client;
using namespace std::chrono_literals;

namespace {

using Attempted = std::expected<int, ClientError>;
const RetryPolicy at_once{.attempts = 4, .base = 0ms, .cap = 0ms};

}  // namespace

TEST_CASE("Pauses double up to the cap, and are a random share of that") {
  const RetryPolicy policy{.attempts = 10, .base = 100ms, .cap = 1000ms};
  CHECK(policy.pause(1, 0.999) == 99ms);
  CHECK(policy.pause(2, 0.999) == 199ms);
  CHECK(policy.pause(4, 0.5) == 400ms);
  CHECK(policy.pause(5, 0.5) == 500ms);
  CHECK(policy.pause(100, 0.5) == 500ms);
  CHECK(policy.pause(3, 0) == 0ms);
}

TEST_CASE("Attempts go on while the error is retryable and there are any left") {
  int made = 0;
  SECTION("until success") {
    const auto result = with_retries(at_once, {}, [&]() -> Attempted {
      if (++made < 3) return std::unexpected(ClientError(ErrorKind::cut, "cut"));
      return 7;
    });
    CHECK(result == 7);
    CHECK(made == 3);
  }
  SECTION("until they are used up") {
    const auto result = with_retries(at_once, {}, [&]() -> Attempted {
      ++made;
      return std::unexpected(ClientError(S3Failure{503, "SlowDown", "slower", {}}));
    });
    REQUIRE_FALSE(result);
    CHECK(result.error().failure->code == "SlowDown");
    CHECK(made == 4);
  }
  SECTION("and not at all for what stays wrong") {
    const auto result = with_retries(at_once, {}, [&]() -> Attempted {
      ++made;
      return std::unexpected(ClientError(S3Failure{404, "NoSuchUpload", "", {}}));
    });
    CHECK_FALSE(result);
    CHECK(made == 1);
  }
}

TEST_CASE("A stop ends the waiting") {
  std::stop_source stop;
  const RetryPolicy call_policy{.attempts = 2, .base = 3600s, .cap = 3600s};
  std::jthread stopper([&] { stop.request_stop(); });
  const auto result = with_retries(call_policy, stop.get_token(), [&]() -> Attempted {
    return std::unexpected(ClientError(ErrorKind::cut, "cut"));
  });
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::stopped);
}
