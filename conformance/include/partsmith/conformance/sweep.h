#pragma once
/// Removes what earlier runs left, because they were killed or could not reach the server: nothing else, and
/// never anything whose name is not a run's beyond doubt (run_id.h).

#include <expected>
#include <string>
#include <vector>

#include <partsmith/client/s3_client.h>
#include <partsmith/conformance/check.h>
#include <partsmith/values/time.h>

namespace partsmith::conformance {

struct SweepOptions {
  std::string bucket = {};  ///< only what lies in this one; empty: the buckets that runs made for themselves
  TimePoint begun_before;   ///< runs that began later may still be running
};

struct Swept {
  std::vector<std::string> buckets;  ///< removed, with all that was in them
  std::size_t objects = 0;           ///< and versions
  std::size_t uploads = 0;
  Cost spent = {};
  std::vector<std::string> leftovers;  ///< what could not be removed, with the reason
};

/// The error: the buckets can't be listed. One line fit for a person.
std::expected<Swept, std::string> sweep(client::S3Client& client, const SweepOptions& options);

}  // namespace partsmith::conformance
