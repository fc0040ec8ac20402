#pragma once
/// x-amz-copy-source: finds, holds and reads the object that a copy takes its bytes from.

#include <memory>

#include <partsmith/storage/store.h>

#include "call.h"
#include "operations/ranges.h"

namespace partsmith::server {

/// A name as the header gives it: percent-decoded, checked.
struct CopySource {
  BucketName bucket;
  ObjectKey key;
};

/// InvalidArgument (no slash, bad name), InvalidArgument for a version that can't be.
S3Result<CopySource> copy_source(const Call& call);

/// Opens the source and checks its conditions. NoSuchBucket, NoSuchKey (both naming the source), PreconditionFailed,
/// InvalidObjectState for archived objects.
S3Result<std::unique_ptr<storage::ObjectLease>> open_copy_source(const Call& call, const CopySource& source);

/// The digests of a range of the source: its MD5, as the ETag of the copy, and its checksum.
struct RangeDigests {
  Bytes md5;
  Checksum checksum;
};
S3Result<RangeDigests> digests_of(const Call& call, storage::ObjectLease& source, ByteRange range,
                                  ChecksumAlgorithm algorithm);

}  // namespace partsmith::server
