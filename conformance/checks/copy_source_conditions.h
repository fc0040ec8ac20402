#pragma once
/// The conditions that a copy may put on its source, and whether each holds: the same for UploadPartCopy and
/// CopyObject.

#include <string>
#include <string_view>
#include <vector>

#include <partsmith/protocol/headers.h>

namespace partsmith::conformance::checks {

struct CopySourceCondition {
  std::string name;
  std::string title;
  protocol::Headers headers;
  bool holds;
};

/// For a source that was made just now, with this ETag (quoted).
std::vector<CopySourceCondition> copy_source_conditions(std::string_view etag);

}  // namespace partsmith::conformance::checks
