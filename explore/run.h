#pragma once
/// One sequence on one server, in a bucket of its own.

#include <cstdint>
#include <expected>
#include <string>

#include <partsmith/explore/explore.h>

#include "minted.h"
#include "observation.h"
#include "step.h"

namespace partsmith::explore {

class Run {
 public:
  /// Makes the bucket. `requests` counts what is sent, cleaning included.
  static std::expected<Run, std::string> begin(const Side& side, std::uint64_t number,
                                               std::uint64_t& requests);
  Run(Run&&) = default;

  /// The error is one line: no answer came, though it was asked for several times.
  std::expected<Observation, std::string> perform(const Step& step);
  const std::string& bucket() const { return minted_.bucket(); }

  /// Removes the bucket with all that is in it; false when something stays.
  bool end();

 private:
  Run(const Side& side, std::string bucket, std::uint64_t& requests)
      : side_(&side), minted_(std::move(bucket)), requests_(&requests) {}

  std::expected<client::S3Answer, std::string> send(client::S3Client& client,
                                                    const client::S3Request& request);
  client::S3Request request(std::string method, std::string key = {}) const;
  client::S3Request request_of(const Step& step) const;
  bool abort_uploads();
  bool delete_versions();

  const Side* side_;
  Minted minted_;
  std::uint64_t* requests_;
};

}  // namespace partsmith::explore
