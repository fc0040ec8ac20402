#pragma once
/// What came out of a run, for every form of report.

#include <chrono>
#include <string>
#include <vector>

#include <partsmith/conformance/check.h>
#include <partsmith/values/time.h>

namespace partsmith::conformance {

enum class Outcome {
  passed,
  failed,  ///< the endpoint differs from S3
  skipped,
  error  ///< the check itself is at fault: it proves nothing about the endpoint
};

std::string_view to_string(Outcome outcome);

/// One expectation that didn't hold.
struct Failure {
  std::string expected;  ///< what S3 answers
  std::string actual;
  std::string sent;                ///< the request as text, without secrets
  std::string received;            ///< the answer as text
  bool taken_for_granted = false;  ///< of a step on the way, not of what the check is about
};

struct CheckResult {
  std::string id;
  std::string title;
  Level level = Level::must;
  std::string source;
  Outcome outcome = Outcome::passed;
  std::vector<Need> needs;
  std::string skip_reason;
  std::vector<Failure> failures;
  std::string defect;     ///< of an error: what is wrong with the check
  std::string reproduce;  ///< of a failure: a shell script that does what the check did, with curl
  Cost spent;             ///< by the check
  Cost cleaning;          ///< by cleaning up after it
  std::chrono::milliseconds time{0};
};

struct RunResult {
  std::string endpoint;
  std::string region;
  std::string bucket;
  std::string run_id;
  TimePoint started;
  std::chrono::milliseconds time{0};
  Cost estimate;
  std::vector<CheckResult> checks;     ///< in the order of the catalogue, whatever ran first
  std::vector<std::string> leftovers;  ///< what could not be cleaned up, with the reason
  bool stopped = false;                ///< before all checks had run

  std::size_t count(Outcome outcome) const;
  Cost spent() const;
};

}  // namespace partsmith::conformance
