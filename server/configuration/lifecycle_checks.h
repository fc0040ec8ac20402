#pragma once
/// What the parts of a lifecycle rule, and the rules of a configuration, may not say together.

#include <span>

#include "configuration/lifecycle.h"

namespace partsmith::server {

/// InvalidRequest, InvalidArgument.
S3Result<void> check_lifecycle_rule(const LifecycleRule& rule);

/// InvalidRequest: rules that say Prefix, as the first Lifecycle had them, may not overlap.
S3Result<void> check_overlaps(std::span<const LifecycleRule> rules);

}  // namespace partsmith::server
