#pragma once
/// The requests of the multipart operations, one maker each.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <partsmith/client/s3_request.h>

namespace partsmith::client {

/// What an upload is addressed by.
struct UploadAddress {
  std::string bucket;
  std::string key;
  std::string upload_id;
};

/// A part as CompleteMultipartUpload lists it. Numbers and ETags are texts: a request may be wrong on
/// purpose.
struct ListedPart {
  std::string number;
  std::string etag;                                            ///< as sent, usually quoted
  std::vector<std::pair<std::string, std::string>> checksums;  ///< element name and base64 value
};

S3Request create_multipart_upload(std::string bucket, std::string key);
S3Request upload_part(const UploadAddress& upload, std::string_view number, Body body);
/// `range` as x-amz-copy-source-range has it: "bytes=0-9".
S3Request upload_part_copy(const UploadAddress& upload, std::string_view number,
                           std::string_view source_bucket, std::string_view source_key,
                           const std::optional<std::string>& range = std::nullopt);
S3Request complete_multipart_upload(const UploadAddress& upload, std::span<const ListedPart> parts);
S3Request abort_multipart_upload(const UploadAddress& upload);
S3Request list_parts(const UploadAddress& upload);
S3Request list_multipart_uploads(std::string bucket);

/// The document that complete_multipart_upload() sends.
std::string completion_document(std::span<const ListedPart> parts);

}  // namespace partsmith::client
