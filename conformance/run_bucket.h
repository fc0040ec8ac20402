#pragma once
/// The bucket that a run, or a check, works in.

#include <expected>
#include <stop_token>
#include <string>

#include <partsmith/client/s3_client.h>

namespace partsmith::conformance {

client::S3Request bucket_request(std::string method, const std::string& bucket);

/// In the client's region. The error is one line fit for a person.
std::expected<void, std::string> create_bucket(client::S3Client& client, const std::string& bucket,
                                               std::stop_token stop = {}, bool locked = false);
/// Whether one that exists can be used. An answer to HEAD says no more than a status: when it is refused, a
/// listing is asked for the reason.
std::expected<void, std::string> find_bucket(client::S3Client& client, const std::string& bucket);

}  // namespace partsmith::conformance
