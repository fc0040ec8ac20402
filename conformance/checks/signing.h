#pragma once
/// Requests that are signed wrongly, too early, or not at all.

#include <partsmith/protocol/sigv4.h>

#include "checks/making.h"

namespace partsmith::conformance::checks {

/// A request whose URL was signed some time ago.
inline client::HttpRequest signed_long_ago(CheckContext& c, const client::S3Request& request,
                                           std::chrono::seconds ago, std::int64_t valid_seconds) {
  auto unsigned_request = request;
  unsigned_request.signing = client::Signing::anonymous;
  auto prepared = c.client().prepare(unsigned_request);
  const auto& options = c.client().options();
  prepared.target =
      protocol::sigv4::presign(request.method, prepared.origin.authority(), prepared.target, {},
                               options.credentials, options.region, SystemClock().now() - ago, valid_seconds);
  return prepared;
}

/// Signed, and then the last digit of the signature changed.
inline client::HttpRequest signed_wrongly(CheckContext& c, const client::S3Request& request) {
  auto prepared = c.client().prepare(request);
  auto authorization = std::string(prepared.headers.value("authorization"));
  auto& last = authorization.back();
  last = last == '0' ? '1' : '0';
  prepared.headers.set("Authorization", authorization);
  return prepared;
}

}  // namespace partsmith::conformance::checks
