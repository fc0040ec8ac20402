#pragma once
/// Header lines that stand more than once.

#include <partsmith/protocol/headers.h>

namespace partsmith::server {

/// Lines of one name become one, their values joined with ',' where the first stood: as they are signed, so
/// that no other reading of the same signature is possible (RFC 9110, 5.3). Metadata is left alone: its
/// values are decoded before they are joined. O(n log n) in the lines.
void join_repeated_lines(protocol::Headers& headers);

}  // namespace partsmith::server
