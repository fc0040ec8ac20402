#pragma once
/// The canonical forms of a request's pieces. All three are total: what is malformed gets some form, and no
/// signature matches it.

#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/headers.h>

namespace partsmith::protocol::sigv4 {

/// Each byte decoded and encoded anew, so that a client whose HTTP library writes a path differently from
/// what it signed ("a b" or %e2 against %20 or %E2) is understood; '+' is the space that it stands for, as
/// decode_path() has it. "/" for an empty path.
std::string canonical_path(std::string_view raw_path);

/// Decoded, encoded anew ('+' as the space it stands for), sorted by name and value; without X-Amz-Signature.
std::string canonical_query(std::string_view raw_query);

/// A line "name:value\n" of each of `names` (lower case, sorted, each once). The value is every value of that
/// name, trimmed, runs of white space folded to one space, joined with ','; nothing for a name that no header
/// has: Amazon S3 signs those as empty (versitygw#457, aws-spi-akka-http#42). O(n log n) in headers and
/// names.
std::string canonical_headers(const Headers& headers, const std::vector<std::string>& names);

}  // namespace partsmith::protocol::sigv4
