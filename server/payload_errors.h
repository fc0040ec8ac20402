#pragma once
/// What is wrong with a body, as S3's errors: for who keeps it and for who passes it on.

#include <cstdint>
#include <string>

#include <partsmith/protocol/aws_chunked.h>
#include <partsmith/values/checksum.h>

#include "http/message.h"
#include "outcome.h"
#include "visit.h"

namespace partsmith::server {

/// Why it can't be read to its end: RequestTimeout, IncompleteBody.
protocol::S3Error s3_error(BodyError error);
/// Why it isn't aws-chunked as it should be: IncompleteBody, InvalidChunkSizeError, SignatureDoesNotMatch,
/// MalformedTrailerError.
protocol::S3Error s3_error(protocol::AwsChunkedDecoder::Error error, const Visit& visit,
                           const protocol::AwsChunkedDecoder& decoder);
/// IncompleteBody, with both numbers of bytes.
protocol::S3Error wrong_length(std::uint64_t expected, std::uint64_t provided);
/// XAmzContentSHA256Mismatch.
protocol::S3Error wrong_sha256(const std::string& said, const std::string& computed);
/// MalformedTrailerError where others came than the one that was announced, if one was.
S3Result<void> check_trailers(std::optional<ChecksumAlgorithm> announced,
                              const protocol::AwsChunkedDecoder& decoder);
/// The checksum of the trailer that was announced: MalformedTrailerError without it, InvalidRequest where it
/// is none.
S3Result<Checksum> trailing_checksum(ChecksumAlgorithm algorithm, const protocol::AwsChunkedDecoder& decoder);

}  // namespace partsmith::server
