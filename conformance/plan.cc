#include <fmt/format.h>

#include <algorithm>

#include <partsmith/conformance/runner.h>

namespace partsmith::conformance {
namespace {

bool needs(const Check& check, Need need) {
  return std::ranges::find(check.needs, need) != check.needs.end();
}

std::string reason_to_skip(const Check& check, const Cost& so_far, const RunOptions& options) {
  if (needs(check, Need::own_bucket) && !options.bucket.empty()) {
    return "it needs a bucket of its own, and the run is bound to one that exists";
  }
  if (needs(check, Need::second_account) && !options.has_second)
    return "it needs the keys of a second account (--second-access-key)";
  if (check.costly && !options.costly)
    return fmt::format("it takes {} requests, and may take gigabytes there (--costly)", check.cost.requests);
  Cost with = so_far;
  with += check.most();
  if (options.max_bytes && with.bytes > *options.max_bytes) return "the budget of bytes is spent";
  if (options.max_requests && with.requests > *options.max_requests) return "the budget of requests is spent";
  return {};
}

}  // namespace

Plan plan(std::vector<Check> checks, const RunOptions& options) {
  Plan result;
  for (auto& check : checks) {
    auto reason = reason_to_skip(check, result.estimate, options);
    if (reason.empty()) result.estimate += check.most();
    result.steps.push_back({std::move(check), std::move(reason)});
  }
  return result;
}

}  // namespace partsmith::conformance
