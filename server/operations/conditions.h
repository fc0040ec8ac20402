#pragma once
/// Conditional requests as one model: what each header means to each operation, before the work and at its
/// commit. docs/conditions.md is the matrix, with the source of each cell; tests/server/s3/conditions_test.cc
/// holds the server and the page to it. Which operation refuses which condition is in header_rules.cc.

#include <optional>
#include <string_view>

#include <partsmith/storage/types.h>

#include "visit.h"

namespace partsmith::server {

/// The four conditions of a read, as the client wrote them.
struct ReadConditions {
  std::optional<std::string_view> match = {};
  std::optional<std::string_view> none_match = {};
  std::optional<std::string_view> modified_since = {};
  std::optional<std::string_view> unmodified_since = {};
};

/// What an object is measured by.
struct Validators {
  ETag etag;
  TimePoint modified;
};

enum class FailedCondition { match, unmodified_since, none_match, modified_since };

/// The condition that fails first, in this order: If-Match; If-Unmodified-Since, unless If-Match is there;
/// If-None-Match; If-Modified-Since, unless If-None-Match is there. A date that isn't one, or is further
/// ahead than clocks differ, doesn't count. An ETag may stand without quotes, in a list, as `*`; a weak one
/// matches in If-None-Match alone.
std::optional<FailedCondition> first_failed(const ReadConditions& conditions, const Validators& object,
                                            TimePoint now);

/// Whether a Range counts: If-Range names the object's ETag, not a weak one, or its very time.
bool range_counts(std::string_view if_range, const Validators& object);

/// GET and HEAD. PreconditionFailed, NotModified.
S3Result<void> check_read_conditions(const Visit& visit, const storage::ObjectInfo& object);

/// The four x-amz-copy-source-if-* headers of CopyObject and UploadPartCopy: PreconditionFailed for each.
S3Result<void> check_copy_conditions(const Visit& visit, const storage::ObjectInfo& source);

/// If-None-Match: * and If-Match of PutObject, CopyObject and CompleteMultipartUpload, which the store looks
/// at when it commits. NotImplemented for both at once, and for another If-None-Match.
S3Result<storage::WriteCondition> write_condition(const Visit& visit);

/// If-Match of DeleteObject. NotImplemented beside a version id.
S3Result<std::optional<ETag>> delete_condition(const Visit& visit);

/// The one ETag that a write or a deletion names, as a client writes it, or `*` (storage/any_etag.h).
ETag named_etag(std::string_view text);

}  // namespace partsmith::server
