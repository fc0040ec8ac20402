#pragma once
/// The rules of CompleteMultipartUpload as a pure function: what the client lists, what the upload has, what
/// becomes of it.

#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <partsmith/server/vendor_rules.h>
#include <partsmith/storage/store.h>

#include "operations/completion_document.h"

namespace partsmith::server {

/// What the request says besides its parts.
struct CompletionRequest {
  std::vector<ListedPart> parts;
  std::optional<ChecksumType> checksum_type = {};   ///< x-amz-checksum-type
  std::optional<Checksum> checksum = {};        ///< x-amz-checksum-*, without "-N"
  bool counts_parts = false;                      ///< whether it came with "-N"
  std::optional<std::uint64_t> object_size = {};  ///< x-amz-mp-object-size
};

/// What to commit.
struct CompletionPlan {
  std::vector<storage::Store::PartRevision> parts;
  std::uint64_t size = 0;
  /// Of the parts before the last; of a single part without bound. Amazon S3 takes nothing less than 5 MiB.
  std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
  ETag etag;
  std::optional<ObjectChecksum>
      checksum;  ///< nothing under a customer key, unless the upload named an algorithm
};

/// In this order of precedence: InvalidPartOrder; InvalidRequest (another checksum type than the upload's);
/// for each part InvalidPart (missing, other ETag, wrong checksum), BadDigest (checksum of another
/// algorithm), InvalidRequest (COMPOSITE without the part's checksum); EntityTooSmall; InvalidRequest (size);
/// EntityTooLarge; BadDigest (object checksum). docs/checksums.md is the matrix of what an upload takes.
/// Recorded: multipart-checksum-*, multipart-complete-*. A vendor's rules on parts are told with
/// EntityTooSmall.
S3Result<CompletionPlan> plan_completion(const storage::UploadInfo& upload,
                                         std::span<const storage::PartInfo> parts,
                                         const CompletionRequest& request, const VendorRules& rules = {});

}  // namespace partsmith::server
