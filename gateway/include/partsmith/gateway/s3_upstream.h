#pragma once
/// An S3 service as a server's upstream: each request is signed with the service's keys and sent over a
/// connection that is kept for the next.

#include <memory>

#include <partsmith/client/connection_settings.h>
#include <partsmith/server/upstream.h>

namespace partsmith::gateway {

struct S3UpstreamOptions {
  client::S3Connection connection;
  /// How long a connection may take to be made, and how long the service may be silent.
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);
  std::chrono::milliseconds silence_timeout = std::chrono::seconds(120);
};

/// Requests are sent again once, over a new connection, when a kept one turns out to be closed: such whose
/// head could not be sent, and, where no byte of an answer came, such as are the same done twice (GET, HEAD,
/// PUT and DELETE without If-* headers, DeleteObjects) and are in memory. Nothing else is: clients know best.
std::shared_ptr<server::Upstream> open_upstream(const S3UpstreamOptions& options);

}  // namespace partsmith::gateway
