#include <fmt/format.h>

#include <partsmith/conformance/runner.h>
#include <partsmith/conformance/sweep.h>

#include "cleaner.h"
#include "run_id.h"

namespace partsmith::conformance {
namespace {

/// A server whose listing never ends would keep us for ever.
constexpr int max_pages = 1000;

std::expected<std::vector<std::string>, std::string> all_buckets(client::S3Client& client, Cost& spent) {
  std::vector<std::string> names;
  std::string token;
  for (int page = 0; page < max_pages; ++page) {
    client::S3Request request;
    request.method = "GET";
    if (!token.empty()) request.parameter("continuation-token", token);
    ++spent.requests;
    const auto answer = client.send(request);
    if (!answer)
      return std::unexpected(fmt::format("the buckets cannot be listed: {}", answer.error().detail));
    if (auto failure = answer->failure()) {
      return std::unexpected(
          fmt::format("the buckets cannot be listed: {}", client::ClientError(*std::move(failure)).detail));
    }
    const auto document = answer->document();
    const auto* buckets = document ? document->child("Buckets") : nullptr;
    if (buckets == nullptr) return std::unexpected("the buckets cannot be listed: the answer is no list");
    for (const auto& bucket : buckets->children) names.push_back(bucket.child_text("Name").value_or(""));
    token = document->child_text("ContinuationToken").value_or("");
    if (token.empty()) return names;
  }
  return std::unexpected("the buckets cannot be listed: their listing has no end");
}

bool is_due(const std::optional<RunId>& run, const SweepOptions& options) {
  return run && run->begun() <= options.begun_before;
}

}  // namespace

std::expected<Swept, std::string> sweep(client::S3Client& client, const SweepOptions& options) {
  Swept swept;
  Cleaner cleaner(client);
  if (!options.bucket.empty()) {
    const auto ours = [&](std::string_view key) { return is_due(run_of_key(key), options); };
    cleaner.sweep(options.bucket, std::string(root_prefix), ours);
    cleaner.sweep_all_uploads(options.bucket, ours);
  } else {
    const auto names = all_buckets(client, swept.spent);
    if (!names) return std::unexpected(names.error());
    for (const auto& name : *names) {
      if (!is_due(run_of_bucket(name), options)) continue;
      cleaner.sweep(name, {}, [](std::string_view) { return true; });
      if (cleaner.delete_bucket(name)) swept.buckets.push_back(name);
    }
  }
  swept.objects = cleaner.objects();
  swept.uploads = cleaner.uploads();
  swept.spent += cleaner.spent();
  swept.leftovers = cleaner.leftovers();
  return swept;
}

}  // namespace partsmith::conformance
