#pragma once
/// The table of sub-resources: names in a query that choose the operation, whatever their value (`?tagging`).
/// Each belongs to buckets, to objects or to both, and some of a bucket's are answered below its keys as
/// well. Source: reported (brekkylab/backlot, measured on Amazon S3 2026-09: every name, on every method, at
/// a bucket and at a key). docs/kinds/sub-resources.md shows the table.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <partsmith/protocol/operations.h>

namespace partsmith::server {

/// What becomes of a sub-resource where it isn't at home.
enum class Elsewhere : std::uint8_t {
  ignored,   ///< as if it weren't in the query
  answered,  ///< a bucket's, at a key: as at the bucket, whatever the key
  refused,   ///< an object's, at a bucket
};

struct SubResource {
  std::string_view name;  ///< in this letter case
  protocol::Scope scope;
  std::string_view type;  ///< ResourceType in a MethodNotAllowed
  Elsewhere elsewhere;
};

std::span<const SubResource> sub_resource_table();

/// The row for a name at a bucket or at a key; nothing when it is ignored there.
const SubResource* sub_resource(std::string_view name, protocol::Scope at);

bool has_method(const SubResource& row, std::string_view method);

/// The methods that the sub-resource has, as Amazon S3 orders them in Allow: "DELETE, GET, PUT". Empty when
/// it has none.
std::string allowed_methods(const SubResource& row);
/// Those of a service, a bucket or an object.
std::string allowed_methods(protocol::Scope scope);

}  // namespace partsmith::server
