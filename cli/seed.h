#pragma once
/// Objects that a server has from the start.

#include <expected>
#include <filesystem>
#include <string>

#include <partsmith/storage/store.h>

namespace partsmith::cli {

/// Each folder in `seed` becomes a bucket, each file below it an object whose key is its path there. Buckets
/// that are there are added to. Links aren't followed. The error is one line.
std::expected<void, std::string> seed_buckets(const std::filesystem::path& seed, const std::string& region,
                                              storage::Store& store);

}  // namespace partsmith::cli
