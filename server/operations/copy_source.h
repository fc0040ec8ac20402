#pragma once
/// x-amz-copy-source: finds, holds and reads the object that a copy takes its bytes from.

#include <memory>

#include <partsmith/storage/store.h>

#include "visit.h"
#include "content.h"
#include "operations/ranges.h"

namespace partsmith::server {

/// A name as the header gives it: percent-decoded, checked.
struct CopySource {
  BucketName bucket;
  ObjectKey key;
  std::optional<VersionId> version;
};

/// InvalidRequest: the bytes of a copy come from its source (reported: versitygw#1242; of UploadPartCopy
/// unsettled). A chunked body, whose length isn't known yet, is not looked at.
S3Result<void> refuse_body_of_copy(const Visit& visit);

/// InvalidArgument (no slash, bad name, bad encoding, a text that is no version id).
S3Result<CopySource> copy_source(const Visit& visit);

/// Opens the source and checks its key and its conditions. NoSuchBucket, NoSuchKey, NoSuchVersion (all naming
/// the source), InvalidRequest when a delete marker is named, the errors of customer keys,
/// PreconditionFailed, InvalidObjectState for archived objects.
S3Result<ContentReader> open_copy_source(const Visit& visit, const CopySource& source);

/// x-amz-copy-source-version-id, but for the null version (recorded: copy-object-in-place-versioned).
void add_source_version(protocol::Headers& headers, const storage::ObjectInfo& source);

/// The bytes of a copy, and what is said of them.
struct Copy {
  storage::Content content;
  ETag etag;
  Checksum checksum;
};
/// Reads a range of the source and shares its stored bytes, or writes them anew where a customer key is the
/// source's or
/// (`key`) the copy's. The source must outlive the copy.
S3Result<Copy> copy_of(const Visit& visit, ContentReader& source, ByteRange range,
                       ChecksumAlgorithm algorithm, const storage::Encryption& encryption,
                       const std::optional<CustomerKey>& key);

}  // namespace partsmith::server
