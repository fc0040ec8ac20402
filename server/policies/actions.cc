#include "policies/actions.h"

#include <algorithm>
#include <array>
#include <string>

#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/operations.h>

#include "authorisation.h"
#include "policies/wildcards.h"

namespace partsmith::server {
namespace {

/// Of objects, beyond what the table of operations names: what S3 does for others, and rights that no
/// operation asks for by itself.
constexpr auto more_of_objects = std::to_array<std::string_view>({
    "s3:BypassGovernanceRetention",
    "s3:GetObjectVersionForReplication",
    "s3:InitiateReplication",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:ReplicateDelete",
    "s3:ReplicateObject",
    "s3:ReplicateTags",
});

/// DeleteObjects and PostObject are sent to a bucket.
bool acts_on_objects(const protocol::OperationRow& row) {
  using enum protocol::OperationId;
  return row.scope == protocol::Scope::object || row.id == DeleteObjects || row.id == PostObject;
}

}  // namespace

NamedActions named_actions(std::string_view pattern) {
  const std::string wanted = protocol::lower_case(pattern);
  const auto is_named = [&](std::string_view action) {
    return matches_wildcards(wanted, protocol::lower_case(action));
  };
  NamedActions named{.of_object = std::ranges::any_of(more_of_objects, is_named)};
  for (const protocol::OperationRow& row : protocol::operation_table()) {
    if (acts_on_objects(row)) {
      named.of_object = named.of_object || is_named(row.action) || is_named(versioned(row.action));
    } else if (row.scope == protocol::Scope::bucket) {
      named.of_bucket = named.of_bucket || is_named(row.action);
    }
  }
  return named;
}

}  // namespace partsmith::server
