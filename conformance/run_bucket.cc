#include "run_bucket.h"

#include <fmt/format.h>

#include <partsmith/client/call.h>
#include <partsmith/client/retry.h>

namespace partsmith::conformance {

client::S3Request bucket_request(std::string method, const std::string& bucket) {
  client::S3Request request;
  request.method = std::move(method);
  request.bucket = bucket;
  return request;
}

std::expected<void, std::string> create_bucket(client::S3Client& client, const std::string& bucket,
                                               std::stop_token stop, bool locked) {
  auto request = bucket_request("PUT", bucket);
  request.stop = stop;
  if (locked) request.header("x-amz-bucket-object-lock-enabled", "true");
  if (const auto& region = client.options().region; region != "us-east-1") {
    request.body = fmt::format(
        "<CreateBucketConfiguration xmlns=\"{}\"><LocationConstraint>{}</LocationConstraint>"
        "</CreateBucketConfiguration>",
        protocol::s3_namespace, protocol::xml_escaped(region));
  }
  const auto answer = client::with_retries({}, stop, [&]() -> client::Result<client::S3Answer> {
    auto sent = client.send(request);
    // Who can't be reached, or doesn't answer in time, would keep us waiting for each attempt.
    if (!sent && sent.error().kind != client::ErrorKind::cut)
      return std::unexpected(client::ClientError(client::ErrorKind::stopped, sent.error().detail));
    auto failure = sent ? sent->failure() : std::nullopt;
    // The name is a run's: if it is there, an attempt before has made it, and its answer was lost.
    if (failure && failure->code != "BucketAlreadyOwnedByYou")
      return std::unexpected(client::ClientError(*std::move(failure)));
    return sent;
  });
  if (answer) return {};
  const auto& error = answer.error();
  if (!error.failure) return std::unexpected(fmt::format("{}: {}", client.endpoint().url(), error.detail));
  return std::unexpected(fmt::format("bucket {} cannot be made: {}", bucket, error.detail));
}

std::expected<void, std::string> find_bucket(client::S3Client& client, const std::string& bucket) {
  const auto answer = client.send(bucket_request("HEAD", bucket));
  if (!answer) return std::unexpected(fmt::format("{}: {}", client.endpoint().url(), answer.error().detail));
  if (answer->ok()) return {};
  auto listing = bucket_request("GET", bucket);
  listing.parameter("list-type", "2").parameter("max-keys", "0");
  const auto told = client.send(listing);
  auto failure = told ? told->failure() : std::nullopt;
  if (!failure || failure->code.empty()) failure = answer->failure();
  return std::unexpected(
      fmt::format("bucket {}: {}", bucket, client::ClientError(*std::move(failure)).detail));
}

}  // namespace partsmith::conformance
