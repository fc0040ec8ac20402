/// SSE-C: objects and uploads under the customer's own key. Amazon S3 takes them over HTTPS only.

#include "checks/making.h"

namespace partsmith::conformance::checks {
namespace {

struct Key {
  std::string algorithm = "AES256";
  std::string key = "MTIzNDU2Nzg5MGFiY2RlZjEyMzQ1Njc4OTBhYmNkZWY=";
  std::string md5 = "JMwgiexXqwuPqIPjYFmIZQ==";

  protocol::Headers headers() const {
    protocol::Headers result;
    if (!algorithm.empty()) result.add("x-amz-server-side-encryption-customer-algorithm", algorithm);
    if (!key.empty()) result.add("x-amz-server-side-encryption-customer-key", key);
    if (!md5.empty()) result.add("x-amz-server-side-encryption-customer-key-MD5", md5);
    return result;
  }
};
const Key other{"AES256", "YWJjZGVmMTIzNDU2Nzg5MGFiY2RlZjEyMzQ1Njc4OTA=", "KoitZ78ZSAQHz4+gxDpJqQ=="};

/// S3 takes customer keys over HTTPS only, and since April 2026 in buckets that allow them: a server that
/// says so is right.
Answer send_key(CheckContext& c, const client::S3Request& request) {
  auto answer = c.send(request);
  const bool over_http = !c.client().endpoint().origin().tls;
  if (over_http && answer.text("Message").find("secure connection") != std::string::npos)
    c.skip("customer keys go over HTTPS only");
  if (request.method != "GET" && answer.text("Code") == "AccessDenied")
    c.skip("the bucket takes no customer keys");
  return answer;
}

client::S3Request under(client::S3Request request, const Key& key) {
  for (const auto& [name, value] : key.headers()) request.header(name, value);
  return request;
}

Check refused_put(std::string name, std::string title, Key key, std::string code, std::string message) {
  return should("customer-key.put." + name, std::move(title),
                "recording: put-object-sse-c-errors (put-obj-sse-c-" + name + ")", {1, 9},
                [=](CheckContext& c) {
                  send_key(c, under(putting(c, "object", "test_data"), key))
                      .error(400, code)
                      .message(message)
                      .field("ArgumentName", "x-amz-server-side-encryption");
                });
}

void put_and_get(CheckContext& c) {
  auto put = send_key(c, under(putting(c, "object", "test_data"), {}));
  put.status(200)
      .header("x-amz-server-side-encryption-customer-algorithm", "AES256")
      .header("x-amz-server-side-encryption-customer-key-MD5", "JMwgiexXqwuPqIPjYFmIZQ==")
      .no_header("x-amz-server-side-encryption")
      .expect(put.header_value("ETag") != "\"" + to_hex(md5(as_bytes("test_data"))) + "\"",
              "an ETag that isn't the MD5", put.header_value("ETag"),
              {"header isn't", "ETag", '"' + to_hex(md5(as_bytes("test_data"))) + '"'});
  c.send(under(c.get(), {}))
      .status(200)
      .header("x-amz-server-side-encryption-customer-algorithm", "AES256")
      .header("x-amz-server-side-encryption-customer-key-MD5", "JMwgiexXqwuPqIPjYFmIZQ==")
      .no_header("x-amz-server-side-encryption")
      .body("test_data");
}

void default_checksum(CheckContext& c) {
  send_key(c, under(putting(c, "object", "test_data"), {}))
      .status(200)
      .has_header("x-amz-checksum-crc64nvme");
}

Check refused_get(std::string name, std::string title, std::optional<Key> key, int status, std::string code,
                  std::string message) {
  return should("customer-key.get." + name, std::move(title), "recording: get-object-sse-c-errors", {2, 9},
                [=](CheckContext& c) {
                  send_key(c, under(putting(c, "object", "test_data"), {})).status(200).required();
                  c.send(key ? under(c.get(), *key) : c.get()).error(status, code).message(message);
                });
}

client::UploadAddress create_under(CheckContext& c, const Key& key) {
  auto created = send_key(c, under(client::create_multipart_upload(c.bucket(), c.key()), key));
  created.status(200).has_element("UploadId").required();
  return {c.bucket(), c.key(), created.text("UploadId")};
}

void upload(CheckContext& c) {
  auto created = send_key(c, under(client::create_multipart_upload(c.bucket(), c.key()), {}));
  created.status(200)
      .header("x-amz-server-side-encryption-customer-algorithm", "AES256")
      .header("x-amz-server-side-encryption-customer-key-MD5", "JMwgiexXqwuPqIPjYFmIZQ==")
      .no_header("x-amz-server-side-encryption")
      .required();
  const client::UploadAddress address{c.bucket(), c.key(), created.text("UploadId")};
  auto part = c.send(under(client::upload_part(address, "1", "test-sse-c"), {}));
  part.status(200)
      .header("x-amz-server-side-encryption-customer-key-MD5", "JMwgiexXqwuPqIPjYFmIZQ==")
      .required();
  c.send(client::list_parts(address)).status(200).elements("Part", 1).element("Part/Size", "10");
  c.complete(address, {{"1", part.header_value("ETag"), {}}})
      .no_element("ChecksumCRC64NVME")
      .no_element("ChecksumType");
  c.send(c.get())
      .error(400, "InvalidRequest")
      .message(
          "The object was stored using a form of Server Side Encryption. The correct parameters must be "
          "provided to retrieve the "
          "object.");
  c.send(under(with_checksums(c.get()), {}))
      .status(200)
      .no_header("x-amz-checksum-crc64nvme")
      .body("test-sse-c");
}

Check refused_part(std::string name, std::string title, bool upload_has_key, std::optional<Key> key,
                   std::string message) {
  return should("customer-key.part." + name, std::move(title), "recording: multipart-upload-sse-c-errors",
                {3, 8}, [=](CheckContext& c) {
                  const auto address = upload_has_key ? create_under(c, {}) : c.create();
                  const auto part = client::upload_part(address, "1", "testbody");
                  send_key(c, key ? under(part, *key) : part).error(400, "InvalidRequest").message(message);
                  c.send(client::list_parts(address)).status(200).elements("Part", 0);
                });
}

}  // namespace

void add_customer_key(std::vector<Check>& checks) {
  const std::string bad_size = "The secret key was invalid for the specified algorithm.";
  const std::string wanted =
      "The multipart upload initiate requested encryption. Subsequent part requests must include the "
      "appropriate encryption "
      "parameters.";
  add_all(
      checks,
      {
          must("customer-key.object",
               "An object under a customer's key is read with it, and its ETag is not the MD5",
               "recording: get-object-sse-c-errors (put-obj-sse-c)", {2, 18}, put_and_get),
          should("customer-key.default-checksum", "It gets CRC64NVME by default",
                 "recording: put-sse-c-default-checksum", {1, 9}, default_checksum),
          refused_put("wrong-algo", "Another algorithm than AES256 is refused", {.algorithm = "KMS"},
                      "InvalidEncryptionAlgorithmError",
                      "The Encryption request you specified is not valid. Supported value: AES256."),
          refused_put("no-algo", "A key without an algorithm is refused", {.algorithm = ""},
                      "InvalidArgument",
                      "Requests specifying Server Side Encryption with Customer provided keys must provide a "
                      "valid encryption algorithm."),
          refused_put("no-key", "An algorithm without a key is refused", {.key = ""}, "InvalidArgument",
                      "Requests specifying Server Side Encryption with Customer provided keys must provide "
                      "an appropriate secret key."),
          refused_put("wrong-key-size", "A key of another size is refused",
                      {.key = "MTIzNDU2Nzg5MA==", .md5 = "6Afx/PgtEy+bsBjKZzihnw=="}, "InvalidArgument",
                      bad_size),
          refused_put("bad-md5", "A key with another's MD5 is refused", {.md5 = "aMwgiexXqwuPqIPjYFmIZQ=="},
                      "InvalidArgument",
                      "The calculated MD5 hash of the key did not match the hash that was provided."),
          refused_get("without-key", "Reading without the key is InvalidRequest", std::nullopt, 400,
                      "InvalidRequest",
                      "The object was stored using a form of Server Side Encryption. The correct parameters "
                      "must be provided to retrieve "
                      "the object."),
          refused_get("wrong-key", "Reading with another key is AccessDenied", other, 403, "AccessDenied",
                      "Requests specifying Server Side Encryption with Customer provided keys must provide "
                      "the correct secret key."),
          refused_get("wrong-algo", "Reading with another algorithm is InvalidEncryptionAlgorithmError",
                      Key{.algorithm = "KMS"}, 400, "InvalidEncryptionAlgorithmError",
                      "The Encryption request you specified is not valid. Supported value: AES256."),
          must("customer-key.upload",
               "An upload under a customer's key is listed and completed without it, and has no checksum",
               "recording: multipart-upload-sse-c", {6, 20}, upload),
          refused_part("missing", "A part without the key of its upload is InvalidRequest", true,
                       std::nullopt, wanted),
          refused_part("wrong", "A part with another key than its upload's is InvalidRequest", true, other,
                       "The provided encryption parameters did not match the ones used originally."),
          refused_part("unwanted", "A part with a key that its upload doesn't have is InvalidRequest", false,
                       Key{}, wanted),
      });
}

}  // namespace partsmith::conformance::checks
