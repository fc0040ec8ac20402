#pragma once
/// Buckets that `--bucket NAME[:FLAG…]` asks for at the start: versioned, with Object Lock, open to
/// everyone.

#include <expected>
#include <string>
#include <vector>

#include <partsmith/storage/store.h>

namespace partsmith::cli {

/// Makes those that aren't there, and makes of each what it was asked to be. The error is one line fit for a
/// person.
std::expected<void, std::string> make_buckets(const std::vector<std::string>& requests,
                                              const std::string& region, storage::Store& store);

}  // namespace partsmith::cli
