#pragma once
/// What browsers are told about requests from other origins: preflights (OPTIONS), and the headers that let a
/// page read the answer to its own request. Source: S3 user guide, "Using cross-origin resource sharing
/// (CORS)" and "Troubleshooting CORS"; S3 API reference, "OPTIONS object"; public recordings of Amazon S3
/// (docs/s3-truth.md, "CORS").

#include "addressing.h"
#include "world.h"

namespace partsmith::server {

/// The answer to OPTIONS, which nobody signs. BadRequest (no origin, no known method), AccessForbidden (no
/// bucket, no configuration, no rule that allows it), each with the Method asked for and the ResourceType.
Outcome preflight(const Request& request, const Address& address, World& world);

/// Whether a rule of the bucket allows pages of the origin to send requests of the method. Not so without a
/// bucket or a configuration.
bool cors_allows(World& world, std::string_view bucket, std::string_view origin, std::string_view method);

/// Adds the headers of the rule that allows this request, if one does. A request without Origin gets none.
void add_cors_headers(Response& response, const Request& request, const Address& address, World& world);

}  // namespace partsmith::server
