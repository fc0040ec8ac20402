#pragma once
/// Objects on their way from one service to another.

#include <string>
#include <vector>

#include "verbs/transfer_job.h"

namespace partsmith::cli {

/// Copies what the destination doesn't have yet: the object, or with --versions all its versions and delete
/// markers in their order. With --dry-run it only looks.
std::expected<Transferred, VerbError> carry(const Job& job, const Transferring& how);

/// How the destination differs from what a copy would make of it, a line each.
std::expected<std::vector<std::string>, VerbError> compare(const Job& job, const Transferring& how);

}  // namespace partsmith::cli
