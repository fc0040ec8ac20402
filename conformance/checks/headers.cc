/// Headers where they don't belong, of which reports quote Amazon S3's refusal.

#include "checks/headers.h"

#include <partsmith/client/object_requests.h>
#include <partsmith/protocol/headers.h>

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

constexpr std::string_view not_here = "The specified header is not valid in this context";
constexpr std::string_view no_encryption =
    "x-amz-server-side-encryption header is not supported for this operation.";
constexpr std::string_view no_copy = "You can only specify a copy source header for copy requests.";

/// An operation about what stands ready: the object, and an upload with a part.
struct Ready {
  client::UploadAddress upload;
  client::ListedPart part;
};

using Request = std::function<client::S3Request(const CheckContext&, const Ready&)>;

struct Refused {
  std::string operation;
  Request request;
  std::string header;
  std::string value;
  std::string_view message;  ///< empty: MethodNotAllowed
  std::string source;
};

client::S3Request part(const CheckContext&, const Ready& ready) {
  return client::upload_part(ready.upload, "2", "part");
}
client::S3Request part_copy(const CheckContext& c, const Ready& ready) {
  return client::upload_part_copy(ready.upload, "2", c.bucket(), c.key());
}
client::S3Request complete(const CheckContext&, const Ready& ready) {
  return client::complete_multipart_upload(ready.upload, std::vector{ready.part});
}
client::S3Request get(const CheckContext& c, const Ready&) {
  return c.get();
}
client::S3Request remove(const CheckContext& c, const Ready&) {
  return deleting(c);
}
client::S3Request list(const CheckContext& c, const Ready&) {
  return listing_v1(c);
}
client::S3Request parts(const CheckContext&, const Ready& ready) {
  return client::list_parts(ready.upload);
}
client::S3Request abort(const CheckContext&, const Ready& ready) {
  return client::abort_multipart_upload(ready.upload);
}
client::S3Request create(const CheckContext& c, const Ready&) {
  return client::create_multipart_upload(c.bucket(), c.key("another"));
}
client::S3Request remove_many(const CheckContext& c, const Ready&) {
  return client::delete_objects(c.bucket(), std::vector{c.key("another")});
}

/// `UploadPart` as `upload-part`.
std::string hyphenated(const std::string& operation) {
  std::string text;
  for (const char c : operation) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !text.empty()) text += '-';
    text += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

void refuse(CheckContext& c, const Refused& refused) {
  c.put("object", "data");
  const auto upload = c.create();
  const Ready ready{upload, c.part(upload, 1, "part")};
  auto answer = c.send(refused.request(c, ready).header(refused.header, refused.value));
  if (refused.message.empty()) {
    answer.error(405, "MethodNotAllowed");
  } else {
    answer.error(400, "InvalidArgument")
        .message(refused.message)
        .field("ArgumentName", refused.header)
        .field("ArgumentValue", refused.value);
  }
  c.send(c.head()).status(200).header("Content-Length", "4");
}

void add_refused(std::vector<Check>& checks, const Refused& refused) {
  checks.push_back(
      quirk("headers." + protocol::lower_case(refused.header) + '.' + hyphenated(refused.operation),
            refused.header + " is refused by " + refused.operation, "reported: " + refused.source, {5, 16},
            [refused](CheckContext& c) { refuse(c, refused); }));
}

/// Its objects stay.
void chunks_without_an_object(CheckContext& c) {
  c.put("object", "data");
  auto request = client::delete_objects(c.bucket(), std::vector{c.key()});
  request.payload = client::Payload::unsigned_trailer;
  request.trailer = ChecksumAlgorithm::crc32;
  c.send(request)
      .error(400, "InvalidRequest")
      .message("The value of x-amz-content-sha256 header is invalid.");
  c.send(c.head()).status(200).header("Content-Length", "4");
}

/// HEAD has no document.
void encryption_of_head(CheckContext& c) {
  c.put("object", "data");
  c.send(c.head().header("x-amz-server-side-encryption", "AES256")).status(400);
}

void no_to_object_lock(CheckContext& c) {
  c.put("object", "data");
  auto request = of_bucket("PUT", c.bucket());
  request.header("x-amz-bucket-object-lock-enabled", "false");
  auto answer = c.send(request);
  const bool is_ours = answer.answer().status == 200 || answer.text("Code") == "BucketAlreadyOwnedByYou";
  answer.expect(is_ours, "200, or BucketAlreadyOwnedByYou outside us-east-1",
                std::to_string(answer.answer().status),
                {"answer among", "", "200\n409 BucketAlreadyOwnedByYou"});
  c.send(c.get()).status(200).body("data");
}

}  // namespace

void add_headers(std::vector<Check>& checks) {
  const std::string encryption = "x-amz-server-side-encryption";
  const std::string of_parts = "fog-aws#589, irods_resource_plugin_s3#1838";
  for (const Refused& refused : std::vector<Refused>{
           {"UploadPart", part, encryption, "AES256", no_encryption, of_parts},
           {"UploadPartCopy", part_copy, encryption, "AES256", no_encryption, of_parts},
           {"CompleteMultipartUpload", complete, encryption, "AES256", no_encryption, "ClickHouse#64570"},
           {"GetObject", get, encryption, "AES256", no_encryption, "aws-sdk-java#1876; S3 API: GetObject"},
           {"ListObjects", list, encryption, "AES256", no_encryption, "s3cmd#142, #276"},
           {"UploadPart", part, "x-amz-tagging", "colour=green", not_here, "boto3#2675"},
           {"UploadPart", part, "x-amz-acl", "bucket-owner-full-control", not_here, "aws-cli#1674"},
           {"UploadPartCopy", part_copy, "Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==", not_here, "AWS.jl#695"},
           {"UploadPartCopy", part_copy, "x-amz-metadata-directive", "REPLACE", not_here, "libs3#80"},
           {"GetObject", get, "x-amz-copy-source", "bucket/key", no_copy, "versitygw#1612"},
           {"DeleteObject", remove, "x-amz-copy-source", "bucket/key", no_copy, "versitygw#1612"},
           {"ListObjects", list, "x-amz-copy-source", "bucket/key", no_copy, "versitygw#1612"},
           {"ListParts", parts, "x-amz-copy-source", "bucket/key", no_copy, "versitygw#1612"},
           {"AbortMultipartUpload", abort, "x-amz-copy-source", "bucket/key", no_copy, "versitygw#1612"},
           {"CreateMultipartUpload", create, "x-amz-copy-source", "bucket/key", "", "versitygw#1612"},
           {"DeleteObjects", remove_many, "x-amz-copy-source", "bucket/key", "", "versitygw#1612"},
           {"CompleteMultipartUpload", complete, "x-amz-copy-source", "bucket/key", no_copy,
            "versitygw#1612"}}) {
    add_refused(checks, refused);
  }
  add_all(checks,
          {should("headers.x-amz-server-side-encryption.head-object",
                  "x-amz-server-side-encryption is refused by HeadObject",
                  "reported: aws-sdk-java#1876; S3 API: HeadObject", {2, 4}, encryption_of_head),
           quirk("headers.x-amz-content-sha256.delete-objects",
                 "DeleteObjects takes no body in chunks with a trailer", "reported: versitygw#1601", {3, 8},
                 chunks_without_an_object),
           must("headers.x-amz-bucket-object-lock-enabled.false",
                "A bucket is made also when a client says no to Object Lock",
                "S3 API: CreateBucket (x-amz-bucket-object-lock-enabled)", {3, 8}, no_to_object_lock)});
}

}  // namespace partsmith::conformance::checks
