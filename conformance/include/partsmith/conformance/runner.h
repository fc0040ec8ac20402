#pragma once
/// Runs checks against an endpoint, each under its own prefix, and leaves nothing behind.

#include <chrono>
#include <expected>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <partsmith/client/s3_client.h>
#include <partsmith/conformance/check.h>
#include <partsmith/conformance/result.h>

namespace partsmith::conformance {

/// Everything of a run lies under this and the run's id, so that nothing else is ever touched.
inline constexpr std::string_view root_prefix = "partsmith-conform/";

struct RunOptions {
  unsigned jobs = 4;
  std::string bucket = {};  ///< one that exists; empty: one is made for the run and deleted after it
  std::optional<std::uint64_t> max_bytes = {};     ///< checks that would go beyond are skipped
  std::optional<std::uint64_t> max_requests = {};  ///< the same
  /// Before a request is made again because what was configured may not be in force yet, and half of it
  /// before one is made again that the endpoint had no time for; doubled each time.
  std::chrono::milliseconds pause{200};
  /// How often a request is made at most when the connection is lost or the endpoint says that it is busy.
  int attempts = 5;
  /// Whether a check that fails is run again, alone.
  bool second_runs = true;
  /// Lesser differences aren't counted.
  Level level = Level::text;
  bool has_second = false;             ///< whether checks that need a second account are planned
  client::S3Client* second = nullptr;  ///< of that account, for the same endpoint; outlives the run
  bool costly = false;                 ///< whether costly checks run, too
  /// No further check begins, those that run end; cleaning up is done all the same.
  std::stop_token stop = {};
  std::stop_token stop_cleaning = {};  ///< what is left then is told
  /// Told when a check has ended: how many have, of how many. Any thread, never two at once.
  std::function<void(std::size_t done, std::size_t all, const CheckResult& result)> progress = {};
};

/// What is going to happen: decided before the first request, so that it is the same with any number of jobs.
struct Plan {
  struct Step {
    Check check;
    std::string skip_reason;  ///< empty: it runs
  };
  std::vector<Step> steps;
  Cost estimate;  ///< of the checks that run, at most, without cleaning up
};

Plan plan(std::vector<Check> checks, const RunOptions& options);

/// The error: the endpoint can't be reached, or no bucket can be had. One line fit for a person.
std::expected<RunResult, std::string> run(client::S3Client& client, const Plan& plan,
                                          const RunOptions& options, const Clock& clock);

}  // namespace partsmith::conformance
