#pragma once
/// The two ids that S3 gives each answer.

#include <string>

namespace partsmith::server {

struct RequestIds {
  std::string request_id;  ///< x-amz-request-id: 16 characters of A-Z and 0-9
  std::string host_id;     ///< x-amz-id-2: base64, opaque
};

RequestIds new_request_ids();

}  // namespace partsmith::server
