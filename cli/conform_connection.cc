#include "conform_connection.h"

#include <fmt/format.h>

#include <cstdio>

#include <partsmith/client/call.h>
#include <partsmith/client/object_requests.h>
#include <partsmith/client/s3_client.h>

#include "secret_files.h"
#include "standard_streams.h"

namespace partsmith::cli {
namespace {

/// What is wrong with the bucket itself is for the run to tell; here only the way to it counts.
std::expected<void, std::string> go_to_region(const std::string& bucket, client::S3Connection& connection,
                                              const Clock& clock) {
  auto options = connection.options;
  options.follow_regions = true;
  client::S3Client client(connection.endpoint, options, clock);
  const auto found = client::call(client, client::head_bucket(bucket));
  if (!found && !found.error().failure) return std::unexpected(found.error().detail);
  const auto region = client.region_of(bucket);
  if (region == connection.options.region) return {};
  connection.endpoint = connection.endpoint.in_region(region);
  connection.options.region = region;
  tell_line(fmt::format("bucket {} is in {}, not in {}: the requests go there, to {}", bucket, region,
                        options.region, connection.endpoint.url()));
  return {};
}

}  // namespace

std::expected<client::S3Connection, std::string> connection_of(const ConformOptions& options,
                                                               const Clock& clock) {
  auto said = settings_of(options.connection);
  if (!said) return std::unexpected(said.error());
  auto settings = *std::move(said);
  if (options.virtual_hosted) settings.addressing = "virtual";
  settings.needs_endpoint = true;
  auto connection = client::resolve_connection(settings, client::process_environment());
  if (!connection) return connection;
  connection->options.follow_regions = false;
  // Of what no check asked for: its own bucket, and what it left.
  connection->options.http.max_body = std::uint64_t{16} << 20;
  limit_answers(*connection, options.timeout);
  connection->options.http.head_watch = std::chrono::milliseconds(5);
  if (options.bucket.empty()) return connection;
  if (auto there = go_to_region(options.bucket, *connection, clock); !there)
    return std::unexpected(there.error());
  return connection;
}

std::expected<std::optional<client::S3Connection>, std::string> second_connection(
    const ConformOptions& options, client::S3Connection first) {
  if (options.second_access_key.empty()) return std::nullopt;
  auto secret = options.second_secret_key;
  if (const auto& file = options.second_secret_key_file; !file.empty()) {
    const auto read = read_secret(file);
    if (!read) return std::unexpected("--second-secret-key-file: " + read.error());
    if (const auto warning = warning_about(file)) tell_line(*warning);
    secret = *read;
  }
  if (secret.empty())
    return std::unexpected("--second-access-key needs --second-secret-key or --second-secret-key-file");
  first.options.credentials = {options.second_access_key, std::move(secret), {}};
  return first;
}

}  // namespace partsmith::cli
