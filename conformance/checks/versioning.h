#pragma once
/// Buckets that keep versions: switching them on, and naming a version.

#include "checks/making.h"

namespace partsmith::conformance::checks {

inline constexpr std::string_view versions_guide =
    "user guide: Retaining multiple versions of objects with S3 Versioning";

inline client::S3Request set_versioning(const CheckContext& c, std::string_view status) {
  auto request = of_bucket("PUT", c.bucket());
  request.parameter("versioning", "");
  request.body = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>" +
                 std::string(status) + "</Status></VersioningConfiguration>";
  const auto digest = md5(as_bytes(*request.body.text()));
  request.header("Content-MD5", to_base64(digest));
  return request;
}

/// A step that every check here takes for granted. A service without versioning is none the worse at
/// multipart uploads.
inline void enable(CheckContext& c) {
  auto answer = c.send(set_versioning(c, "Enabled"));
  if (answer.answer().status == 501 || answer.text("Code") == "NotImplemented")
    c.not_offered("the endpoint has no versioning");
  answer.status(200).required();
}

inline client::S3Request versions_of(const CheckContext& c) {
  auto request = of_bucket("GET", c.bucket());
  request.parameter("versions", "").parameter("prefix", c.prefix());
  return request;
}

inline client::S3Request of_version(client::S3Request request, std::string version) {
  request.parameter("versionId", std::move(version));
  return request;
}

inline std::string version_of(const Answer& answer) {
  return answer.header_value("x-amz-version-id");
}

}  // namespace partsmith::conformance::checks
