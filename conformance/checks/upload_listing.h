#pragma once
/// What the checks of ListMultipartUploads share.

#include <string_view>

#include <partsmith/conformance/context.h>

namespace partsmith::conformance::checks {

/// Of the check's own uploads.
inline client::S3Request uploads(const CheckContext& c, std::string_view below = {}) {
  auto request = client::list_multipart_uploads(c.bucket());
  request.parameter("prefix", c.key(below));
  return request;
}

}  // namespace partsmith::conformance::checks
