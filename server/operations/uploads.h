#pragma once
/// What the operations on one upload share.

#include <partsmith/storage/types.h>

#include "visit.h"

namespace partsmith::server {

/// The upload that the call's bucket, key and uploadId name.
storage::UploadRef upload_ref(const Visit& visit);

/// UploadPart and UploadPartCopy have both uploadId and partNumber; a request that forgot one must not become
/// an object. MethodNotAllowed without partNumber, InvalidArgument without uploadId.
S3Result<void> refuse_half_of_a_part(const Visit& visit);

/// partNumber of the query: 1 to 10,000, InvalidArgument otherwise.
S3Result<PartNumber> part_number(const Visit& visit);

/// The algorithm that every part of this upload is stored with: the one named at creation, or S3's own
/// CRC64NVME.
ChecksumAlgorithm part_algorithm(const storage::UploadInfo& upload);

/// Completing and listing need no customer key (recorded: multipart-upload-sse-c); one that comes must be the
/// upload's.
S3Result<void> check_given_key(const Visit& visit, const storage::UploadInfo& upload);

}  // namespace partsmith::server
