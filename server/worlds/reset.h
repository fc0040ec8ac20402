#pragma once
/// A world as it was before its first request.

#include <expected>
#include <string>

#include "world.h"

namespace partsmith::server {

/// Removes every bucket with all that is in it. The first error ends it.
storage::Result<void> empty_store(storage::Store& store);

/// Ends a world's fault rules, forgets its journal and settings, and lets its clock show real time.
void forget_test(World& world);
/// The same, and empties its store. The error is one line.
std::expected<void, std::string> reset(World& world);

}  // namespace partsmith::server
