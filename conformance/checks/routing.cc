/// Which operation a request asks for: sub-resources, methods that they don't have, and parameters out of
/// place.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

/// No sub-resource has a HEAD; the refusal names what it has.
Check head_of(std::string name, std::string title, std::string scope_and_parameter, std::string allow) {
  return quirk("routing.head-" + name, std::move(title), measured_by_backlot, {1},
               [scope_and_parameter, allow](CheckContext& c) {
                 const bool of_key = scope_and_parameter.starts_with("key?");
                 auto request = of_key ? c.head() : of_bucket("HEAD", c.bucket());
                 const auto parameter = scope_and_parameter.substr(scope_and_parameter.find('?') + 1);
                 request.parameter(parameter, parameter == "uploadId" ? "none" : "");
                 c.send(request).status(405).header("Allow", allow).body("");
               });
}

void post_of_a_key(CheckContext& c) {
  c.send(c.request("POST", "object"))
      .error(405, "MethodNotAllowed")
      .message("The specified method is not allowed against this resource.")
      .field("Method", "POST")
      .field("ResourceType", "OBJECT")
      .header("Allow", "HEAD, DELETE, GET, PUT");
}

void upload_without_number(CheckContext& c) {
  const auto upload = c.create();
  auto request = putting(c, "object", "data");
  request.parameter("uploadId", upload.upload_id);
  c.send(request)
      .error(405, "MethodNotAllowed")
      .field("Method", "PUT")
      .field("ResourceType", "UPLOAD")
      .header("Allow", "DELETE, POST, GET");
  c.send(c.get()).error(404, "NoSuchKey");
}

void number_without_upload(CheckContext& c) {
  auto request = putting(c, "object", "data");
  request.parameter("partNumber", "1");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("This operation does not accept partNumber without uploadId")
      .field("ArgumentName", "partNumber")
      .field("ArgumentValue", "partNumber");
  c.send(c.get()).error(404, "NoSuchKey");
}

void two_sub_resources(CheckContext& c) {
  auto request = of_bucket("GET", c.bucket());
  request.parameter("versioning").parameter("acl");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("Conflicting query string parameters: acl, versioning")
      .field("ArgumentName", "ResourceType")
      .field("ArgumentValue", "acl");
}

void other_letter_case(CheckContext& c) {
  auto request = of_bucket("GET", c.bucket());
  request.parameter("Location").parameter("prefix", c.prefix());
  c.send(request).status(200).document("ListBucketResult");
}

void sub_resource_of_the_bucket_at_a_key(CheckContext& c) {
  auto request = c.get("nothing");
  request.parameter("location");
  c.send(request).status(200).document("LocationConstraint");
}

void logging_of_a_key(CheckContext& c) {
  auto request = c.get("nothing");
  request.parameter("logging");
  c.send(request)
      .error(400, "NoLoggingStatusForKey")
      .message("There is no such thing as the ?logging sub-resource for a key");
}

void version_of_a_bucket(CheckContext& c) {
  auto request = of_bucket("GET", c.bucket());
  request.parameter("versionId", "null");
  c.send(request)
      .error(400, "InvalidArgument")
      .message("This operation does not accept a version-id.")
      .field("ArgumentName", "versionId")
      .field("ArgumentValue", "null");
}

void region_of_a_refusal(CheckContext& c) {
  auto request = of_bucket("HEAD", c.bucket());
  request.header("x-amz-expected-bucket-owner", "000000000001");
  c.send(request).status(403).has_header("x-amz-bucket-region");
}

}  // namespace

void add_routing(std::vector<Check>& checks) {
  add_all(
      checks,
      {
          head_of("location", "HEAD of a bucket's location is 405, and GET is allowed", "bucket?location",
                  "GET"),
          head_of("uploads", "HEAD of a bucket's uploads is 405, and POST and GET are allowed",
                  "bucket?uploads", "POST, GET"),
          head_of("versioning", "HEAD of a bucket's versioning is 405, and GET and PUT are allowed",
                  "bucket?versioning", "GET, PUT"),
          head_of("tagging", "HEAD of a bucket's tags is 405, and DELETE, GET and PUT are allowed",
                  "bucket?tagging", "DELETE, GET, PUT"),
          head_of("acl-of-a-key", "HEAD of an object's ACL is 405, also without the object", "key?acl",
                  "GET, PUT"),
          head_of("upload", "HEAD of an upload is 405, and DELETE, POST and GET are allowed", "key?uploadId",
                  "DELETE, POST, GET"),
          quirk("routing.post-of-a-key", "POST of a key is MethodNotAllowed, with the methods that it has",
                "reported: aws4fetch#14, versitygw#1810", {1}, post_of_a_key),
          quirk("routing.upload-without-number",
                "PUT with uploadId and no partNumber is MethodNotAllowed, and puts nothing",
                "reported: versitygw#1236", {3, 4}, upload_without_number),
          quirk("routing.number-without-upload",
                "PUT with partNumber and no uploadId is InvalidArgument, and puts nothing",
                "reported: versitygw#1237", {2, 4}, number_without_upload),
          quirk("routing.two-sub-resources", "Two sub-resources at once are InvalidArgument",
                measured_by_backlot, {1}, two_sub_resources),
          quirk("routing.other-letter-case", "A sub-resource in another letter case is ignored",
                measured_by_backlot, {1}, other_letter_case),
          quirk("routing.bucket-at-a-key", "A bucket's location is answered at its keys, whatever the key",
                measured_by_backlot, {1}, sub_resource_of_the_bucket_at_a_key),
          quirk("routing.logging-of-a-key", "?logging of a key is NoLoggingStatusForKey", measured_by_backlot,
                {1}, logging_of_a_key),
          quirk("routing.version-of-a-bucket", "versionId at a bucket is InvalidArgument",
                measured_by_backlot, {1}, version_of_a_bucket),
          should("routing.region-of-a-refusal", "HEAD of a bucket that is refused with 403 names its region",
                 "S3 API: HeadBucket; reported: versitygw#1500", {1}, region_of_a_refusal),
      });
}

}  // namespace partsmith::conformance::checks
