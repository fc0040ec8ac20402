#pragma once
/// Headers that are stored with an object, and given back with it.

#include <partsmith/protocol/headers.h>

namespace partsmith::conformance::checks {

inline const protocol::Headers stored{{"Cache-Control", "max-age=60, private"},
                                      {"Content-Disposition", "attachment; filename=\"a b.txt\""},
                                      {"Content-Encoding", "identity"},
                                      {"Content-Language", "de-DE"},
                                      {"Content-Type", "text/x-partsmith"},
                                      {"Expires", "Fri, 01 Jan 2100 00:00:00 GMT"},
                                      {"x-amz-meta-colour", "blue"}};

}  // namespace partsmith::conformance::checks
