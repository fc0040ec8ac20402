#include "operations/uploads.h"

#include "customer_key.h"
#include "operations/answers.h"

namespace partsmith::server {

storage::UploadRef upload_ref(const Visit& visit) {
  return {visit.bucket(), visit.key(), UploadId(std::string(visit.query().get("uploadId").value_or("")))};
}

S3Result<void> refuse_half_of_a_part(const Visit& visit) {
  if (visit.query().has("uploadId")) {  // the methods that an upload has
    return std::unexpected(protocol::S3Error(protocol::ErrorCode::MethodNotAllowed)
                               .with("Method", visit.request.method)
                               .with("ResourceType", "UPLOAD")
                               .with_header("Allow", "DELETE, POST, GET"));
  }
  if (visit.query().has("partNumber")) {  // the value is the name (versitygw#1237, #1226)
    return invalid_argument("This operation does not accept partNumber without uploadId", "partNumber",
                            "partNumber");
  }
  return {};
}

S3Result<PartNumber> part_number(const Visit& visit) {
  const std::string text(visit.query().get("partNumber").value_or(""));
  const std::uint32_t most = visit.rules().maximum_parts;
  const auto number = PartNumber::parse(text);
  if (number && number->value() <= most) return *number;
  return invalid_argument(
      "Part number must be an integer between 1 and " + std::to_string(most) + ", inclusive", "partNumber",
      text);
}

ChecksumAlgorithm part_algorithm(const storage::UploadInfo& upload) {
  return upload.checksum_algorithm.value_or(ChecksumAlgorithm::crc64nvme);
}

S3Result<void> check_given_key(const Visit& visit, const storage::UploadInfo& upload) {
  const auto key = customer_key(visit, KeyPurpose::read);
  if (!key) return std::unexpected(key.error());
  if (!*key) return {};
  return check_key_of_upload(upload.attributes.encryption, *key);
}

}  // namespace partsmith::server
