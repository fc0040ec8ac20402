#pragma once
/// Making a bucket, and what it is configured with: PUT, GET and DELETE of one subresource.

#include "checks/making.h"

namespace partsmith::conformance::checks {

inline client::S3Request creating_bucket(std::string bucket, std::string_view location = {}) {
  auto request = of_bucket("PUT", std::move(bucket));
  if (!location.empty()) {
    request.body =
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>" +
        std::string(location) + "</LocationConstraint></CreateBucketConfiguration>";
  }
  return request;
}
inline bool is_us_east_1(CheckContext& c) {
  return c.client().options().region == "us-east-1";
}
/// What a bucket of the endpoint's region is made with.
inline std::string location_of_region(CheckContext& c) {
  return is_us_east_1(c) ? "" : c.client().options().region;
}

/// `?lifecycle`, `?cors`, `?encryption`…
inline client::S3Request configuration(const CheckContext& c, std::string subresource,
                                       std::string method = "GET") {
  auto request = of_bucket(std::move(method), c.bucket());
  request.parameter(std::move(subresource), "");
  return request;
}
inline client::S3Request configuring(const CheckContext& c, std::string subresource, std::string document) {
  auto request = configuration(c, std::move(subresource), "PUT");
  request.header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = std::move(document);
  return request;
}

/// For CheckContext::send_until().
inline auto has_status(int status) {
  return [status](const Answer& answer) { return answer.answer().status == status; };
}
inline auto has_header(std::string name) {
  return [name = std::move(name)](const Answer& answer) { return answer.answer().headers.has(name); };
}

/// For checks that send one or more requests until a configuration is in force.
inline Check patient(Check check, unsigned waits = 1) {
  constexpr unsigned repeats_per_wait = 5;
  check.repeats = waits * repeats_per_wait;
  return check;
}

}  // namespace partsmith::conformance::checks
