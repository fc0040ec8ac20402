/// How a bucket says that what is put into it is encrypted.

#include "checks/configuration.h"

namespace partsmith::conformance::checks {
namespace {

std::string document(std::string_view algorithm, bool bucket_key) {
  return "<ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>"
         "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>" +
         std::string(algorithm) + "</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>" +
         (bucket_key ? "true" : "false") + "</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>";
}

void configure(CheckContext& c, std::string_view algorithm, bool bucket_key) {
  auto answer = c.send(configuring(c, "encryption", document(algorithm, bucket_key)));
  skip_where_missing(c, answer, "bucket encryption");
  if (algorithm == "aws:kms" && answer.answer().status == 400) c.skip("the endpoint has no KMS");
  answer.status(200).required();
}

auto told_as(std::string algorithm) {
  return [algorithm = std::move(algorithm)](const Answer& answer) {
    return answer.header_value("x-amz-server-side-encryption") == algorithm;
  };
}

constexpr std::string_view algorithm_path = "Rule/ApplyServerSideEncryptionByDefault/SSEAlgorithm";

void by_default(CheckContext& c) {
  auto answer = c.send(configuration(c, "encryption"));
  skip_where_missing(c, answer, "bucket encryption");
  answer.status(200)
      .document("ServerSideEncryptionConfiguration")
      .elements("Rule", 1)
      .element(algorithm_path, "AES256");
}

void kept(CheckContext& c) {
  configure(c, "aws:kms", true);
  const auto is = [](std::string algorithm) {
    return [algorithm = std::move(algorithm)](const Answer& answer) {
      return answer.text(algorithm_path) == algorithm;
    };
  };
  c.send_until(configuration(c, "encryption"), is("aws:kms"))
      .status(200)
      .element(algorithm_path, "aws:kms")
      .element("Rule/BucketKeyEnabled", "true");
  c.send(configuration(c, "encryption", "DELETE")).status(204).body("");
  c.send_until(configuration(c, "encryption"), is("AES256")).status(200).element(algorithm_path, "AES256");
}

void uploads(CheckContext& c) {
  configure(c, "aws:kms", true);
  auto created = c.send_until(client::create_multipart_upload(c.bucket(), c.key()), told_as("aws:kms"));
  created.status(200)
      .header("x-amz-server-side-encryption", "aws:kms")
      .header("x-amz-server-side-encryption-bucket-key-enabled", "true")
      .required();
  const client::UploadAddress upload{c.bucket(), c.key(), created.text("UploadId")};
  auto part = c.send(client::upload_part(upload, "1", "data"));
  part.status(200)
      .header("x-amz-server-side-encryption", "aws:kms")
      .header("x-amz-server-side-encryption-bucket-key-enabled", "true")
      .required();
  c.complete(upload, {{"1", part.header_value("ETag"), {}}})
      .header("x-amz-server-side-encryption", "aws:kms");
  c.send(c.head()).status(200).header("x-amz-server-side-encryption", "aws:kms");
}

void objects(CheckContext& c) {
  configure(c, "aws:kms", true);
  c.send_until(putting(c, "object", "data"), told_as("aws:kms"))
      .status(200)
      .header("x-amz-server-side-encryption", "aws:kms")
      .required();
  c.send(putting(c, "other", "data").header("x-amz-server-side-encryption", "AES256"))
      .status(200)
      .header("x-amz-server-side-encryption", "AES256")
      .no_header("x-amz-server-side-encryption-bucket-key-enabled");
  c.send(c.get()).status(200).header("x-amz-server-side-encryption", "aws:kms").body("data");
}

/// The key is told as it was given, and of objects by its ARN.
void named_key(CheckContext& c) {
  const std::string id = "4f1c09a2-6d5e-4f0b-9a53-0d0d8f6e2b71";
  const auto with_key = [&](bool bucket_key) {
    std::string text = document("aws:kms", bucket_key);
    text.insert(text.find("</SSEAlgorithm>") + 15, "<KMSMasterKeyID>" + id + "</KMSMasterKeyID>");
    return configuring(c, "encryption", text);
  };
  constexpr const char* key_header = "x-amz-server-side-encryption-aws-kms-key-id";
  constexpr const char* bucket_key_header = "x-amz-server-side-encryption-bucket-key-enabled";
  auto put = c.send(with_key(true));
  skip_where_missing(c, put, "bucket encryption");
  if (put.answer().status == 400) c.skip("the endpoint has no such key of KMS");
  put.status(200).required();
  c.send_until(configuration(c, "encryption"),
               [](const Answer& answer) { return answer.text(algorithm_path) == "aws:kms"; })
      .status(200)
      .element("Rule/ApplyServerSideEncryptionByDefault/KMSMasterKeyID", id);
  auto object = c.send_until(putting(c, "object", "test-sse"), told_as("aws:kms"));
  if (object.answer().status == 400) c.skip("the endpoint has no such key of KMS");
  const auto key = object.status(200).header(bucket_key_header, "true").header_value(key_header);
  object.expect(key.starts_with("arn:") && key.ends_with(id), "the key's ARN", key,
                {"header fits", key_header, "arn:*" + id});
  c.send(with_key(false)).status(200);
  c.send_until(putting(c, "object", "test-sse"),
               [](const Answer& answer) { return answer.header_value(bucket_key_header).empty(); })
      .status(200)
      .no_header(bucket_key_header);
}

void copy_in_place(CheckContext& c) {
  configure(c, "AES256", false);
  c.put("test-enc", "");
  c.send_until(copying(c, "test-enc", source_of(c, "test-enc")), has_status(200))
      .status(200)
      .header("x-amz-server-side-encryption", "AES256")
      .document("CopyObjectResult")
      .element("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\"");
}

void unknown_algorithm(CheckContext& c) {
  auto answer = c.send(configuring(c, "encryption", document("rot13", false)));
  skip_where_missing(c, answer, "bucket encryption");
  answer.error(400, "MalformedXML");
}

}  // namespace

void add_bucket_encryption(std::vector<Check>& checks) {
  const std::vector<Need> needs{Need::own_bucket, Need::encryption};
  const std::string guide =
      "user guide: Setting default server-side encryption behavior for Amazon S3 buckets";
  add_all(
      checks,
      {
          should("bucket.encryption.default", "A new bucket encrypts with AES256", guide, {1}, by_default,
                 needs),
          patient(should("bucket.encryption.kept", "What a bucket encrypts with is told, until it is deleted",
                         "S3 API: PutBucketEncryption; GetBucketEncryption; DeleteBucketEncryption", {4},
                         kept, needs),
                  2),
          patient(should("multipart.encryption.of-the-bucket",
                         "An upload that asks for nothing gets the bucket's", guide, {5, 4}, uploads, needs)),
          patient(should("object.encryption.of-the-bucket",
                         "So does an object, and what is asked for is preferred", guide, {4, 12}, objects,
                         needs)),
          patient(should("object.copy.in-place-bucket-encryption",
                         "A bucket's own encryption is reason enough for a copy onto itself",
                         "recording: copy-in-place-bucket-encryption", {3}, copy_in_place, needs)),
          patient(should("bucket.encryption.named-key",
                         "A bucket's key is told as it was given, an object's by its ARN",
                         "recording: bucket-encryption-kms-key; bucket-default-encryption-kms", {5, 16},
                         named_key, needs),
                  3),
          should("bucket.encryption.unknown", "Another algorithm is MalformedXML",
                 "S3 API: PutBucketEncryption (SSEAlgorithm), Error responses (MalformedXML)", {1},
                 unknown_algorithm, needs),
      });
}

}  // namespace partsmith::conformance::checks
