#pragma once
/// Requests as a browser sends them for a page of another origin.

#include "checks/making.h"

namespace partsmith::conformance::checks {

inline client::S3Request from(client::S3Request request, std::string_view origin,
                              std::string_view method = {}, std::string_view headers = {}) {
  request.header("Origin", std::string(origin));
  if (!method.empty()) request.header("Access-Control-Request-Method", std::string(method));
  if (!headers.empty()) request.header("Access-Control-Request-Headers", std::string(headers));
  return request;
}

/// For the check's `object`, or for its bucket.
inline client::S3Request preflight(const CheckContext& c, std::string_view origin, std::string_view method,
                                   std::string_view headers = {}, bool of_key = true) {
  auto request = of_key ? c.request("OPTIONS", "object") : of_bucket("OPTIONS", c.bucket());
  request.signing = client::Signing::anonymous;
  return from(std::move(request), origin, method, headers);
}

}  // namespace partsmith::conformance::checks
