#pragma once
/// What came out of a run, for every form of report.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <partsmith/conformance/check.h>
#include <partsmith/conformance/source.h>
#include <partsmith/scripts/claim.h>
#include <partsmith/values/time.h>

namespace partsmith::conformance {

enum class Outcome {
  passed,
  failed,       ///< the endpoint differs from S3
  unsteady,     ///< it differed once; asked again, alone, it did not
  busy,         ///< it kept saying that it has too much to do: nothing is proved
  no_right,     ///< it refused what the key may not be allowed to do: nothing is proved
  not_offered,  ///< it says or shows that it doesn't have the feature
  skipped,
  error  ///< the check itself is at fault: it proves nothing about the endpoint
};
inline constexpr Outcome all_outcomes[] = {Outcome::passed,  Outcome::failed,   Outcome::unsteady,
                                           Outcome::busy,    Outcome::no_right, Outcome::not_offered,
                                           Outcome::skipped, Outcome::error};

std::string_view to_string(Outcome outcome);

/// One expectation that didn't hold.
struct Failure {
  std::string expected;  ///< what S3 answers
  std::string actual;
  std::string sent;                 ///< the request as text, without secrets
  std::string received;             ///< the answer as text
  bool taken_for_granted = false;   ///< of a step on the way, not of what the check is about
  bool in_error_text = false;       ///< of the message or a field of an error
  Level level = Level::must;        ///< of the check, or a lesser one for what matters less
  std::string operation = {};       ///< what was asked for: "PUT object ?tagging"
  int status = 0;                   ///< of the answer; 0: there was none
  std::string code = {};            ///< of its error document
  std::size_t exchange = 0;         ///< which of the check's requests
  std::string received_again = {};  ///< of an unsteady one: the answer to the same when it was right
  scripts::Claim claim = {};        ///< the expectation, in a form that a script can look at
  /// What `actual` was when the check failed before: where the two differ, the server makes something anew.
  std::string actual_before = {};
  bool is_new = false;  ///< the baseline hasn't got it, though it has others of the check
};

/// A difference from S3 that is known and put up with.
struct Deviation {
  std::string check;  ///< the id of a check, or a pattern with * and ?
  std::string reason;
  std::string source = {};  ///< where it is known from
  bool by_chance = false;   ///< not in every run
  /// "409 OperationAborted": only of checks that were unsteady by this answer.
  std::string answer = {};
};

struct CheckResult {
  std::string id;
  std::string title;
  Level level = Level::must;
  std::string source;
  Outcome outcome = Outcome::passed;
  std::vector<Need> needs;
  std::string skip_reason;  ///< or why it can't be judged, or what shows that the feature isn't there
  std::string feature;      ///< what it belongs to: see feature.h
  std::vector<Failure> failures;
  std::size_t beyond_level = 0;  ///< differences that the level of the run doesn't count
  std::string unreachable;       ///< why no connection could be made, in the midst of the run
  bool timed_out = false;        ///< an answer didn't come in time
  std::string defect;            ///< of an error: what is wrong with the check
  std::string reproduce;         ///< of a failure: a shell script with curl; empty: curl can't do it
  std::string script;  ///< of a failure: a Python script that tells whether the server still differs
  /// What was sent once more, and why: "PUT object: SlowDown (503)". The endpoint was busy, or lost it.
  std::vector<std::string> sent_again;
  std::optional<Deviation> deviation;  ///< what the profile says of this check
  Cost spent;                          ///< by the check
  Cost cleaning;                       ///< by cleaning up after it
  std::chrono::milliseconds time{0};

  /// It failed, if only once.
  bool differs() const { return outcome == Outcome::failed || outcome == Outcome::unsteady; }
  /// It failed, and the profile doesn't say that it would.
  bool fails_beyond_profile() const { return differs() && !deviation; }
  /// What the server did is right, and only the message or the fields of its error aren't.
  bool fails_in_error_text_alone() const;
  /// Only wording and decoration differ.
  bool fails_in_text_alone() const;
  /// Where that is known from; without links when `source` isn't of the form that read_source() reads.
  Source known_from() const;
  /// The gravest of its failures; the check's own when it has none.
  Level failed_level() const;
};

/// A feature that isn't there, with all the checks that it concerns: one cause, told once.
struct MissingFeature {
  std::string name;
  std::string evidence;   ///< what the server said, or how it showed
  bool said = false;      ///< it refused as not implemented, rather than ignored or mistook what was asked
  bool declared = false;  ///< the profile or the baseline says so
  std::size_t checks = 0;
};

/// How many checks of a feature and a level passed, of those that could be judged.
struct Score {
  std::string feature;
  Level level = Level::must;
  std::size_t passed = 0;
  std::size_t judged = 0;
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
  std::vector<std::string> gone;       ///< deviations of the profile or the baseline that are none any more
  unsigned falls = 0;                  ///< how often the endpoint went away in the midst of the run
  std::string lost;                    ///< why the rest was skipped: the endpoint is gone, full or too busy
  Level level = Level::text;           ///< lesser differences aren't counted
  std::vector<MissingFeature> missing = {};
  bool stopped = false;  ///< before all checks had run

  std::size_t count(Outcome outcome) const;
  std::size_t beyond_profile() const;  ///< how many fail beyond it
  /// Features that silently aren't there, beyond the profile: each is one difference.
  std::size_t missing_beyond_profile() const;
  std::size_t in_text_alone() const;  ///< of beyond_profile()
  std::vector<Score> scores() const;  ///< by feature and level, without those that have none
  Cost spent() const;
};

}  // namespace partsmith::conformance
