#pragma once
/// What of a request goes on to the upstream: names as the upstream has them, and every header and parameter
/// but those of this connection and of this signature.

#include "forward/name_map.h"
#include "visit.h"

namespace partsmith::server {

/// Where the visit's bucket is: NoSuchBucket when the map has none of that name, AccessDenied for strangers
/// where each access key has its own. Nothing for requests of the service.
S3Result<std::optional<UpstreamPlace>> upstream_place(const Visit& visit, const NameMap& names);

/// Everything but the body. NoSuchBucket or InvalidArgument when a copy's source can't be named at the
/// upstream.
S3Result<UpstreamRequest> forwarded_head(const Visit& visit, const NameMap& names,
                                         const std::optional<UpstreamPlace>& place);

/// Whether a header is of one connection, or says how a message is framed (RFC 9110, 7.6.1).
bool is_of_the_connection(std::string_view lower_name);

}  // namespace partsmith::server
