#pragma once
/// Header lines that stand more than once.

#include <optional>

#include <partsmith/protocol/headers.h>

namespace partsmith::server {

/// The headers with one line of each name, the values joined with ',' where the first stood: as they are
/// signed, so that no other reading of the same signature is possible (RFC 9110, 5.3). Metadata is left
/// alone: its values are decoded before they are joined. Nothing where no name repeats. O(n log n) in the
/// lines.
std::optional<protocol::Headers> joined_lines(const protocol::Headers& headers);

}  // namespace partsmith::server
