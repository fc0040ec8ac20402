#include "serve_upstream.h"

#include <fmt/format.h>

#include <partsmith/client/connection_settings.h>
#include <partsmith/gateway/s3_upstream.h>

#include "secret_files.h"
#include "standard_streams.h"

namespace partsmith::cli {

std::expected<std::shared_ptr<server::Upstream>, std::string> upstream_of(const ServeOptions& options) {
  client::ConnectionSettings said = options.upstream.settings;
  if (const auto& file = options.upstream.secret_key_file; !file.empty()) {
    auto secret = read_secret(file);
    if (!secret) return std::unexpected(fmt::format("--upstream-secret-key-file: {}", secret.error()));
    if (const auto warning = warning_about(file)) tell_line(*warning);
    said.secret_key = *std::move(secret);
  }
  if (said.access_key.empty() != said.secret_key.empty())
    return std::unexpected(
        "--upstream-access-key goes with --upstream-secret-key or --upstream-secret-key-file");
  auto connection = client::resolve_connection(said, client::process_environment());
  if (!connection) return std::unexpected(fmt::format("--upstream: {}", connection.error()));
  return gateway::open_upstream({.connection = *std::move(connection),
                                 .silence_timeout = std::chrono::seconds(options.upstream_timeout)});
}

std::expected<std::vector<server::UpstreamBucket>, std::string> upstream_buckets_of(
    const ServeOptions& options) {
  std::vector<server::UpstreamBucket> buckets;
  for (const std::string& text : options.upstream_buckets) {
    auto bucket = server::UpstreamBucket::parse(text);
    if (!bucket) return std::unexpected(fmt::format("--upstream-bucket {}", bucket.error()));
    buckets.push_back(*std::move(bucket));
  }
  return buckets;
}

}  // namespace partsmith::cli
