#pragma once
/// Parameters of a presigned URL that count as headers. Source: S3 API reference, "Authenticating Requests:
/// Using Query Parameters"; recordings presigned-*.

#include "call.h"

namespace partsmith::server {

/// Adds the x-amz-* parameters and the conditions to the request's headers, but for the signature's own and the checksums, which
/// Amazon S3 neither checks nor stores when they stand in the query (recorded). InvalidArgument for names
/// that are no token, for values that a head can't carry, and for what is said twice in two ways: in the
/// query, or in query and head. Unsettled on Amazon S3.
S3Result<void> take_headers_from_query(Request& request, const protocol::Query& query);

}  // namespace partsmith::server
