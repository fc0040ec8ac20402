#pragma once
/// What came out of a run, for every form of report.

#include <chrono>
#include <optional>
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
  bool in_error_text = false;      ///< of the message or a field of an error
};

/// A difference from S3 that is known and put up with.
struct Deviation {
  std::string check;  ///< the id of a check, or a pattern with * and ?
  std::string reason;
  std::string source = {};  ///< where it is known from
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
  std::string unreachable;  ///< why no connection could be made, in the midst of the run
  bool timed_out = false;   ///< an answer didn't come in time
  std::string defect;       ///< of an error: what is wrong with the check
  std::string reproduce;    ///< of a failure: a shell script that does what the check did, with curl
  std::optional<Deviation> deviation;  ///< what the profile says of this check
  Cost spent;                          ///< by the check
  Cost cleaning;                       ///< by cleaning up after it
  std::chrono::milliseconds time{0};

  /// It failed, and the profile doesn't say that it would.
  bool fails_beyond_profile() const { return outcome == Outcome::failed && !deviation; }
  /// What the server did is right, and only the message or the fields of its error aren't.
  bool fails_in_error_text_alone() const;
};

/// "multipart.complete" of "multipart.complete.entity-too-small".
std::string_view family_of(std::string_view id);

struct RunResult {
  std::string label;      ///< what a person calls the server; empty: nothing but the endpoint is known
  std::string partsmith;  ///< our own version
  std::string profile_name;
  std::string profile_title;
  std::string endpoint;
  std::string region;
  std::string bucket;
  std::string run_id;
  TimePoint started;
  std::chrono::milliseconds time{0};
  Cost estimate;
  std::vector<CheckResult> checks;     ///< in the order of the catalogue, whatever ran first
  std::vector<std::string> leftovers;  ///< what could not be cleaned up, with the reason
  std::vector<std::string> gone;       ///< deviations of the profile that are none any more
  std::string lost;                    ///< why the rest was skipped: the endpoint went away
  bool stopped = false;                ///< before all checks had run

  std::size_t count(Outcome outcome) const;
  std::size_t beyond_profile() const;  ///< how many fail beyond it
  Cost spent() const;
};

}  // namespace partsmith::conformance
