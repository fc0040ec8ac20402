#pragma once
/// One request and its answer over one connection.

#include "connection_pool.h"

namespace partsmith::client {

struct Exchanged {
  HttpAnswer answer;
  bool reusable = false;  ///< whether the connection may carry another request
};

/// The body of a 2xx answer goes to `sink` when there is one; any other is held in the answer, up to
/// options.max_body.
std::expected<Exchanged, ClientError> exchange(Connection& connection, const HttpRequest& request,
                                               const HttpClient::Sink* sink, const HttpOptions& options);

}  // namespace partsmith::client
