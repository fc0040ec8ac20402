#pragma once
/// One request with its retries, where only success is of use.

#include <expected>
#include <stop_token>

#include <partsmith/client/retry.h>
#include <partsmith/client/s3_client.h>

namespace partsmith::client {

template <class Value>
using Result = std::expected<Value, ClientError>;

/// How often to try, and when to give up early.
struct CallPolicy {
  RetryPolicy retries = {};
  std::stop_token stop = {};
};

/// A 2xx answer; any other is an error of kind s3, as is an error document in a 200.
Result<S3Answer> call(S3Client& client, const S3Request& request, const CallPolicy& call_policy = {});

/// Calls the attempt as with_retries() does.
template <class Attempt>
auto persist(const CallPolicy& call_policy, Attempt&& attempt) {
  return with_retries(call_policy.retries, call_policy.stop, attempt);
}

}  // namespace partsmith::client
