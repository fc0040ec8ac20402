#include <fmt/format.h>

#include <partsmith/client/object_requests.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/protocol/xml.h>
#include <partsmith/values/digest.h>

namespace partsmith::client {
namespace {

S3Request request_to(std::string method, std::string bucket = {}, std::string key = {}) {
  S3Request request;
  request.method = std::move(method);
  request.bucket = std::move(bucket);
  request.key = std::move(key);
  return request;
}

}  // namespace

S3Request list_buckets() {
  return request_to("GET");
}

S3Request create_bucket(std::string bucket, std::string_view region) {
  auto request = request_to("PUT", std::move(bucket));
  if (region.empty() || region == "us-east-1") return request;
  protocol::XmlWriter document("CreateBucketConfiguration");
  request.body = document.element("LocationConstraint", region).finish();
  return request;
}

S3Request delete_bucket(std::string bucket) {
  return request_to("DELETE", std::move(bucket));
}

S3Request head_bucket(std::string bucket) {
  return request_to("HEAD", std::move(bucket));
}

S3Request put_object(std::string bucket, std::string key, Body body) {
  auto request = request_to("PUT", std::move(bucket), std::move(key));
  request.body = std::move(body);
  return request;
}

S3Request head_object(std::string bucket, std::string key) {
  auto request = request_to("HEAD", std::move(bucket), std::move(key));
  request.header("x-amz-checksum-mode", "ENABLED");
  return request;
}

S3Request get_object(std::string bucket, std::string key) {
  return request_to("GET", std::move(bucket), std::move(key));
}

S3Request copy_object(std::string_view source_bucket, std::string_view source_key, std::string bucket,
                      std::string key) {
  auto request = request_to("PUT", std::move(bucket), std::move(key));
  request.header("x-amz-copy-source",
                 protocol::uri_encode(std::string(source_bucket) + '/' + std::string(source_key),
                                      protocol::Slash::keep));
  return request;
}

S3Request delete_object(std::string bucket, std::string key) {
  return request_to("DELETE", std::move(bucket), std::move(key));
}

S3Request delete_objects(std::string bucket, std::span<const std::string> keys) {
  auto request = request_to("POST", std::move(bucket));
  request.parameter("delete");
  protocol::XmlWriter document("Delete");
  for (const auto& key : keys) document.open("Object").element("Key", key).close();
  auto text = document.element("Quiet", true).finish();
  request.header("Content-MD5", to_base64(md5(as_bytes(text))));
  request.body = std::move(text);
  return request;
}

S3Request list_objects(std::string bucket, std::string_view prefix, std::string_view delimiter) {
  auto request = request_to("GET", std::move(bucket));
  request.parameter("list-type", "2").parameter("encoding-type", "url");
  if (!prefix.empty()) request.parameter("prefix", std::string(prefix));
  if (!delimiter.empty()) request.parameter("delimiter", std::string(delimiter));
  return request;
}

S3Request get_object_attributes(std::string bucket, std::string key) {
  auto request = request_to("GET", std::move(bucket), std::move(key));
  request.parameter("attributes");
  request.header("x-amz-object-attributes", "ETag,Checksum,ObjectParts,StorageClass,ObjectSize");
  return request;
}

S3Request get_object_tagging(std::string bucket, std::string key) {
  auto request = request_to("GET", std::move(bucket), std::move(key));
  request.parameter("tagging");
  return request;
}

std::string byte_range(std::uint64_t first, std::uint64_t length) {
  return fmt::format("bytes={}-{}", first, first + length - 1);
}

}  // namespace partsmith::client
