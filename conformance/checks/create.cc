/// CreateMultipartUpload.

#include <partsmith/conformance/context.h>

#include "checks/facts.h"
#include "checks/families.h"

namespace partsmith::conformance::checks {
namespace {

using client::create_multipart_upload;

struct TypeCase {
  ChecksumAlgorithm algorithm;
  ChecksumType type;
};

client::S3Request creation(CheckContext& c, std::optional<std::string> algorithm,
                           std::optional<std::string> type) {
  auto request = create_multipart_upload(c.bucket(), c.key());
  if (algorithm) request.header("x-amz-checksum-algorithm", *std::move(algorithm));
  if (type) request.header("x-amz-checksum-type", *std::move(type));
  return request;
}

void add_default_type(std::vector<Check>& checks, ChecksumAlgorithm algorithm) {
  const std::string expected(to_string(traits(algorithm).default_type));
  checks.push_back({
      .id = "multipart.create.checksum-default-type." + lower_name_of(algorithm),
      .title = "An upload that names " + name_of(algorithm) + " and no checksum type is " + expected,
      .level = Level::must,
      .source = "recording: create-upload-default-checksum-type-" + lower_name_of(algorithm),
      .cost = {1},
      .body =
          [=](CheckContext& c) {
            c.send(creation(c, name_of(algorithm), std::nullopt))
                .status(200)
                .header("x-amz-checksum-algorithm", name_of(algorithm))
                .header("x-amz-checksum-type", expected);
          },
  });
}

void add_type_and_algorithm(std::vector<Check>& checks, TypeCase one) {
  const auto& row = traits(one.algorithm);
  const bool allowed = one.type == ChecksumType::composite ? row.composite_allowed : row.full_object_allowed;
  const std::string type(to_string(one.type));
  const std::string dashed = one.type == ChecksumType::composite ? "composite" : "full-object";
  const auto name = name_of(one.algorithm);
  const auto lower = lower_name_of(one.algorithm);
  checks.push_back({
      .id = "multipart.create.checksum-type." + dashed + "-" + lower,
      .title = "An upload with " + name + " may " + (allowed ? "" : "not ") + "be " + type,
      .level = Level::must,
      .source = "recording: create-upload-checksum-type-and-algorithm-" + dashed + "-" + lower,
      .cost = {1},
      .body =
          [=](CheckContext& c) {
            auto answer = c.send(creation(c, name, type));
            if (allowed) {
              answer.status(200).header("x-amz-checksum-algorithm", name).header("x-amz-checksum-type", type);
            } else {
              answer.error(400, "InvalidRequest")
                  .message("The " + type + " checksum type cannot be used with the " + lower +
                           " checksum algorithm.");
            }
          },
  });
}

void answers_with_an_id(CheckContext& c) {
  c.send(create_multipart_upload(c.bucket(), c.key()))
      .status(200)
      .document("InitiateMultipartUploadResult")
      .element("Bucket", c.bucket())
      .element("Key", c.key())
      .has_element("UploadId")
      .no_header("x-amz-checksum-algorithm")
      .no_header("x-amz-checksum-type");
}

void ids_differ(CheckContext& c) {
  const auto first = c.create();
  auto second = c.send(create_multipart_upload(c.bucket(), c.key()));
  second.status(200).expect(second.text("UploadId") != first.upload_id, "an UploadId of its own",
                            "the UploadId of the first upload",
                            {"element isn't", "UploadId", first.upload_id});
}

void makes_no_object(CheckContext& c) {
  c.create();
  c.send(c.get()).error(404, "NoSuchKey").field("Key", c.key());
}

void unknown_algorithm(CheckContext& c) {
  c.send(creation(c, "TEST", std::nullopt)).error(400, "InvalidRequest");
}

void unknown_algorithm_message(CheckContext& c) {
  c.send(creation(c, "TEST", std::nullopt))
      .message(
          "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, "
          "CRC32C, "
          "CRC64NVME, SHA1, SHA256]");
}

void type_without_algorithm(CheckContext& c) {
  c.send(creation(c, std::nullopt, "COMPOSITE"))
      .error(400, "InvalidRequest")
      .message("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
}

void missing_bucket(CheckContext& c) {
  c.send(create_multipart_upload(c.missing_bucket(), c.key()))
      .error(404, "NoSuchBucket")
      .message("The specified bucket does not exist")
      .field("BucketName", c.missing_bucket());
}

}  // namespace

void add_create(std::vector<Check>& checks) {
  checks.push_back({.id = "multipart.create.answer",
                    .title = "Creating an upload answers with bucket, key and an upload ID",
                    .level = Level::must,
                    .source = "recording: multipart-and-list-parts (create-multipart)",
                    .cost = {1},
                    .body = answers_with_an_id});
  checks.push_back({.id = "multipart.create.ids-differ",
                    .title = "Two uploads of one key have IDs of their own",
                    .level = Level::must,
                    .source =
                        "S3 API: CreateMultipartUpload; user guide: Uploading and copying objects using "
                        "multipart upload, Concurrent multipart upload operations",
                    .cost = {2},
                    .body = ids_differ});
  checks.push_back({.id = "multipart.create.makes-no-object",
                    .title = "An upload in progress is no object",
                    .level = Level::must,
                    .source = "user guide: Uploading and copying objects using multipart upload",
                    .cost = {2},
                    .body = makes_no_object});
  checks.push_back({.id = "multipart.create.missing-bucket",
                    .title = "Creating an upload in a missing bucket is NoSuchBucket with its name",
                    .level = Level::must,
                    .source = "S3 API: Error responses; recording: get-object-missing-bucket",
                    .cost = {1},
                    .body = missing_bucket});
  checks.push_back(
      {.id = "multipart.create.checksum-unknown-algorithm",
       .title = "An unknown checksum algorithm is InvalidRequest",
       .level = Level::must,
       .source = "recording: multipart-checksum-errors-composite (create-mpu-wrong-checksum-algo)",
       .cost = {1},
       .body = unknown_algorithm});
  checks.push_back(
      {.id = "multipart.create.checksum-unknown-algorithm-message",
       .title = "The message about an unknown algorithm lists five (recorded before S3 took more)",
       .level = Level::text,
       .source = "recording: multipart-checksum-errors-composite (create-mpu-wrong-checksum-algo)",
       .cost = {1},
       .body = unknown_algorithm_message});
  checks.push_back(
      {.id = "multipart.create.checksum-type-without-algorithm",
       .title = "A checksum type without an algorithm is InvalidRequest",
       .level = Level::must,
       .source = "recording: multipart-checksum-errors-composite (create-mpu-no-checksum-algo-with-type)",
       .cost = {1},
       .body = type_without_algorithm});
  for (const auto algorithm : recorded_algorithms) add_default_type(checks, algorithm);
  for (const auto algorithm : recorded_algorithms) {
    for (const auto type : {ChecksumType::composite, ChecksumType::full_object}) {
      add_type_and_algorithm(checks, {algorithm, type});
    }
  }
}

}  // namespace partsmith::conformance::checks
