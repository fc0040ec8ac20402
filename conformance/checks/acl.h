#pragma once
/// Setting ACLs.

#include "checks/configuration.h"

namespace partsmith::conformance::checks {

/// New buckets take no ACLs until this is done.
inline void allow_acls(CheckContext& c) {
  for (const std::string subresource : {"ownershipControls", "publicAccessBlock"}) {
    auto answer = c.send(configuration(c, subresource, "DELETE"));
    skip_where_missing(c, answer, "ownership controls");
    answer.status(204).required();
  }
}
inline constexpr Cost of_allowing_acls{2};

}  // namespace partsmith::conformance::checks
