#pragma once
/// The canonical forms of a request's pieces. All three are total: what is malformed gets some form, and no
/// signature matches it.

#include <string>
#include <string_view>

#include <partsmith/protocol/headers.h>

namespace partsmith::protocol::sigv4 {

/// Each byte decoded and encoded anew, so that a client whose HTTP library writes a path differently from
/// what it signed ("a b" or %e2 against %20 or %E2) is understood. "/" for an empty path.
std::string canonical_path(std::string_view raw_path);

/// Decoded, encoded anew ('+' as the space it stands for), sorted by name and value; without X-Amz-Signature.
std::string canonical_query(std::string_view raw_query);

/// Every value of that name, trimmed, runs of white space folded to one space, joined with ','.
std::string canonical_header_value(const Headers& headers, std::string_view name);

}  // namespace partsmith::protocol::sigv4
