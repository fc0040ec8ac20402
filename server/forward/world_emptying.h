#pragma once
/// What a world of an access key has at an upstream, removed: its buckets are those whose names begin with
/// the world's prefix.

#include <expected>
#include <functional>
#include <string>

#include "forward/name_map.h"

namespace partsmith::server {

/// Aborts the uploads and deletes the versions of every bucket of the world, and the buckets, where they
/// aren't parts of others. Ends with the first refusal, and when a deletion leaves behind what it was to
/// delete; what was deleted until then stays deleted. `stopped` is asked before each request. The error is
/// one line.
std::expected<void, std::string> empty_world_at(Upstream& upstream, const NameMap& names,
                                                const std::string& access_key,
                                                const std::function<bool()>& stopped);

}  // namespace partsmith::server
