#include "configuration/lifecycle.h"
#include "operations/answers.h"
#include "operations/object_headers.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

struct UploadChecksum {
  std::optional<ChecksumAlgorithm> algorithm;
  std::optional<ChecksumType> type;
};

std::unexpected<protocol::S3Error> invalid_type() {
  return invalid_request("Value for x-amz-checksum-type header is invalid.");
}

/// x-amz-checksum-algorithm and x-amz-checksum-type, with S3's texts (recorded:
/// create-upload-checksum-type-*, multipart-checksum-errors-composite).
S3Result<UploadChecksum> upload_checksum(const protocol::Headers& headers) {
  UploadChecksum result;
  const auto algorithm = headers.get("x-amz-checksum-algorithm");
  const auto type = headers.get("x-amz-checksum-type");
  if (!algorithm) {
    if (type) {
      if (!checksum_type_by_name(*type)) return invalid_type();
      return invalid_request(
          "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
    }
    return result;
  }
  result.algorithm = checksum_algorithm_by_name(*algorithm);
  if (!result.algorithm) {
    return invalid_request(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, "
        "CRC32C, "
        "CRC64NVME, SHA1, SHA256]");
  }
  const ChecksumTraits& row = traits(*result.algorithm);
  result.type = row.default_type;
  if (!type) return result;
  result.type = checksum_type_by_name(*type);
  if (!result.type) return invalid_type();
  const bool allowed =
      *result.type == ChecksumType::composite ? row.composite_allowed : row.full_object_allowed;
  if (!allowed) {
    return invalid_request("The " + std::string(to_string(*result.type)) +
                           " checksum type cannot be used with the " + std::string(row.lower) +
                           " checksum algorithm.");
  }
  return result;
}

}  // namespace

Outcome create_multipart_upload(Visit& visit) {
  const auto key = customer_key(visit, KeyPurpose::write);
  if (!key) return std::unexpected(key.error());
  const auto attributes = attributes_from(visit, *key);
  if (!attributes) return std::unexpected(attributes.error());
  const auto checksum = upload_checksum(visit.headers());
  if (!checksum) return std::unexpected(checksum.error());
  const auto upload = visit.store().create_upload(visit.bucket(), visit.key(), *attributes,
                                                  checksum->algorithm, checksum->type);
  if (!upload) return refused(upload.error(), visit);

  protocol::XmlWriter document("InitiateMultipartUploadResult");
  document.element("Bucket", upload->bucket.text())
      .element("Key", upload->key.text())
      .element("UploadId", upload->id.text());
  Response response = xml_answer(document);
  add_encryption(response.headers, upload->attributes.encryption);
  add_abort_date(response, visit, *upload);
  if (checksum->algorithm) {
    response.headers.add("x-amz-checksum-algorithm", std::string(traits(*checksum->algorithm).name));
    response.headers.add("x-amz-checksum-type", std::string(to_string(*checksum->type)));
  }
  return response;
}

}  // namespace partsmith::server
