#pragma once
/// Parameters of a presigned URL that count as headers. Source: S3 API reference, "Authenticating Requests:
/// Using Query Parameters"; recordings presigned-*.

#include <optional>

#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/uri.h>

#include "outcome.h"

namespace partsmith::server {

/// The headers with the x-amz-* parameters and the conditions beside them, but for the signature's own and
/// the checksums, which Amazon S3 neither checks nor stores when they stand in the query (recorded). Nothing
/// where the query adds none. InvalidArgument for names that are no token, for values that a head can't
/// carry, and for what is said twice in two ways: in the query, or in query and head. Unsettled on Amazon S3.
S3Result<std::optional<protocol::Headers>> headers_with_query(const protocol::Headers& sent,
                                                              const protocol::Query& query);

}  // namespace partsmith::server
