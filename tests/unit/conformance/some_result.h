#pragma once
/// A result with a check of each outcome, whose texts would be markup anywhere.

#include <partsmith/conformance/result.h>

namespace partsmith::conformance::testing {

inline CheckResult some_check(std::string id, Outcome outcome) {
  CheckResult check;
  check.id = std::move(id);
  check.title = "What S3 | does & says";
  check.level = Level::should;
  check.source = "recording: something";
  check.outcome = outcome;
  if (outcome == Outcome::skipped) check.skip_reason = "the budget of bytes is spent";
  if (outcome == Outcome::error) check.defect = "out of range";
  if (outcome == Outcome::failed || outcome == Outcome::unsteady) {
    check.failures = {
        {"Code 'A'", "</script><script>alert(1)</script>", "PUT /b/k", "200\n\n]]>```\x01\xff"}};
    check.reproduce = "s3 -X PUT\n";
  }
  check.time = std::chrono::milliseconds(1500);
  return check;
}

inline RunResult some_run() {
  RunResult result;
  result.endpoint = "http://localhost:9000";
  result.label = "a <server>";
  result.checks = {
      some_check("multipart.one.a", Outcome::passed), some_check("multipart.one.b", Outcome::failed),
      some_check("multipart.one.c", Outcome::failed), some_check("multipart.two.a", Outcome::skipped),
      some_check("multipart.two.b", Outcome::error)};
  result.checks[2].deviation = Deviation{"*.c", "known & liked", "their page"};
  result.profile_name = "some";
  result.profile_title = "Some vendor";
  result.gone = {"multipart.one.a: was wrong once"};
  result.leftovers = {"object b/k: AccessDenied"};
  return result;
}

}  // namespace partsmith::conformance::testing
