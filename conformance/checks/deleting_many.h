#pragma once
/// DeleteObjects of keys that need no escaping.

#include "checks/making.h"

namespace partsmith::conformance::checks {

inline client::S3Request deleting_many(const CheckContext& c, const std::vector<std::string>& names) {
  std::string document = "<Delete>";
  for (const auto& name : names) document += "<Object><Key>" + c.key(name) + "</Key></Object>";
  document += "</Delete>";
  auto request = of_bucket("POST", c.bucket());
  request.parameter("delete", "").header("Content-MD5", to_base64(md5(as_bytes(document))));
  request.body = document;
  return request;
}

}  // namespace partsmith::conformance::checks
