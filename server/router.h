#pragma once
/// Finds the operation that a request asks for: its sub-resource from one table, its method from that of
/// operations.

#include <cstdint>
#include <expected>
#include <string_view>

#include <partsmith/protocol/error.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/operations.h>
#include <partsmith/protocol/uri.h>

namespace partsmith::server {

/// What Amazon S3 looks at before it refuses a request that asks for no operation.
enum class RefusedAfter : std::uint8_t {
  nothing,
  signature,  ///< if there is one: a wrong one is told instead; without any the refusal stands
  bucket,     ///< who asks, and that the bucket is there
};

struct RouteRefusal {
  protocol::S3Error error;
  RefusedAfter after = RefusedAfter::nothing;
  /// The operation that it would be but for this; null: none. Its parameters are looked at first.
  const protocol::OperationRow* but_for_this = nullptr;
};

/// Refuses: BadRequest for methods that S3 hasn't; MethodNotAllowed, with Allow, for methods that the
/// sub-resource or the resource hasn't; InvalidArgument for two sub-resources at once, and for versionId
/// where there are no versions; parameters that the resource can't have. Names that are no sub-resource, also
/// in another letter case, are ignored.
std::expected<const protocol::OperationRow*, RouteRefusal> route(std::string_view method,
                                                                 protocol::Scope scope,
                                                                 const protocol::Query& query,
                                                                 const protocol::Headers& headers);

}  // namespace partsmith::server
