#include <partsmith/client/multipart_requests.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/protocol/xml.h>

namespace partsmith::client {
namespace {

S3Request request_to(std::string method, const UploadAddress& upload) {
  S3Request request;
  request.method = std::move(method);
  request.bucket = upload.bucket;
  request.key = upload.key;
  return request;
}

S3Request part_request(const UploadAddress& upload, std::string_view number) {
  auto request = request_to("PUT", upload);
  request.parameter("partNumber", std::string(number)).parameter("uploadId", upload.upload_id);
  return request;
}

}  // namespace

S3Request create_multipart_upload(std::string bucket, std::string key) {
  auto request = request_to("POST", {std::move(bucket), std::move(key), {}});
  request.parameter("uploads");
  return request;
}

S3Request upload_part(const UploadAddress& upload, std::string_view number, Body body) {
  auto request = part_request(upload, number);
  request.body = std::move(body);
  return request;
}

S3Request upload_part_copy(const UploadAddress& upload, std::string_view number,
                           std::string_view source_bucket, std::string_view source_key,
                           const std::optional<std::string>& range) {
  auto request = part_request(upload, number);
  request.header("x-amz-copy-source",
                 protocol::uri_encode(std::string(source_bucket) + '/' + std::string(source_key),
                                      protocol::Slash::keep));
  if (range) request.header("x-amz-copy-source-range", *range);
  return request;
}

std::string completion_document(std::span<const ListedPart> parts) {
  protocol::XmlWriter document("CompleteMultipartUpload");
  for (const auto& part : parts) {
    document.open("Part").element("PartNumber", part.number).element("ETag", part.etag);
    for (const auto& [name, value] : part.checksums) document.element(name, value);
    document.close();
  }
  return document.finish();
}

S3Request complete_multipart_upload(const UploadAddress& upload, std::span<const ListedPart> parts) {
  auto request = request_to("POST", upload);
  request.parameter("uploadId", upload.upload_id);
  request.body = completion_document(parts);
  return request;
}

S3Request abort_multipart_upload(const UploadAddress& upload) {
  auto request = request_to("DELETE", upload);
  request.parameter("uploadId", upload.upload_id);
  return request;
}

S3Request list_parts(const UploadAddress& upload) {
  auto request = request_to("GET", upload);
  request.parameter("uploadId", upload.upload_id);
  return request;
}

S3Request list_multipart_uploads(std::string bucket) {
  auto request = request_to("GET", {std::move(bucket), {}, {}});
  request.parameter("uploads");
  return request;
}

}  // namespace partsmith::client
