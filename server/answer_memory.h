#pragma once
/// Memory for answers that grow with what is stored, or with what a document names.

#include <cstddef>
#include <optional>

#include "memory_budget.h"
#include "visit.h"

namespace partsmith::server {

/// What the operation's answer may take while it is built, where that is much whatever the request is; else
/// 0.
std::size_t longest_answer(protocol::OperationId operation);

/// So much for an answer while it is built. Waits until others have been made or sent. Nothing: memory is
/// short, and the answer is SlowDown.
std::optional<MemoryBudget::Reservation> memory_for_answer(const Visit& visit, std::size_t bytes);

/// A thousand keys of a kilobyte, as rows and as text with every byte escaped, which grows by doubling.
inline constexpr std::size_t longest_listing = std::size_t{12} * 1024 * 1024;

}  // namespace partsmith::server
