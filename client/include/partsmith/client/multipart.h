#pragma once
/// The multipart operations with their answers as values. Each sends one request; a refusal of S3 is an error
/// of kind s3, an answer that isn't the document that the API defines is one of kind malformed. Source: S3
/// API reference, the page of each operation.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include <partsmith/client/call.h>
#include <partsmith/client/multipart_requests.h>
#include <partsmith/client/s3_client.h>
#include <partsmith/values/etag.h>

namespace partsmith::client {

struct CreatedUpload {
  UploadAddress address;
  protocol::Headers headers;
};

struct UploadedPart {
  ETag etag;
  std::optional<Checksum> checksum;
};

struct CompletedUpload {
  ETag etag;
  std::string location;
  std::string bucket;
  std::string key;
  std::string checksum_type;                                   ///< empty when not given
  std::vector<std::pair<std::string, std::string>> checksums;  ///< element name and value
};

struct PartInList {
  std::uint32_t number = 0;
  ETag etag;
  std::uint64_t size = 0;
  std::string last_modified;
  std::vector<std::pair<std::string, std::string>> checksums;
};

struct PartsPage {
  std::vector<PartInList> parts;
  std::optional<ChecksumAlgorithm> algorithm;  ///< as declared at creation
  std::string checksum_type;                   ///< empty when not given
  bool truncated = false;
  std::uint32_t next_marker = 0;
};

struct UploadInList {
  std::string key;
  std::string upload_id;
  std::string initiated;
};

struct UploadsPage {
  std::vector<UploadInList> uploads;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key_marker;
  std::string next_upload_id_marker;
};

// Reading an answer; of the ones above.
Result<CreatedUpload> read_created_upload(const S3Answer& answer, std::string bucket, std::string key);
Result<UploadedPart> read_uploaded_part(const S3Answer& answer);
Result<UploadedPart> read_copied_part(const S3Answer& answer);
Result<CompletedUpload> read_completed_upload(const S3Answer& answer);
Result<PartsPage> read_parts_page(const S3Answer& answer);
Result<UploadsPage> read_uploads_page(const S3Answer& answer);

// Request and answer in one.
Result<CreatedUpload> create_upload(S3Client& client, const S3Request& request);
Result<UploadedPart> put_part(S3Client& client, const S3Request& request);
Result<CompletedUpload> complete_upload(S3Client& client, const S3Request& request);
Result<void> abort_upload(S3Client& client, const UploadAddress& upload);
/// All pages as one.
Result<PartsPage> all_parts_page(S3Client& client, const UploadAddress& upload);
Result<std::vector<PartInList>> all_parts(S3Client& client, const UploadAddress& upload);
/// All pages of the uploads whose keys begin with `prefix`.
Result<std::vector<UploadInList>> all_uploads(S3Client& client, const std::string& bucket,
                                              const std::string& prefix);

}  // namespace partsmith::client
