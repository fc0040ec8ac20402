#pragma once
/// Parts that are large enough for any place, and of which nothing is sent but the source of the copies.

#include "checks/making.h"

namespace partsmith::conformance::checks {

inline constexpr std::size_t source_of_large_parts = large_part + 2;
/// What three_large_parts() costs.
inline constexpr Cost of_three_large_parts{4, source_of_large_parts};

/// No two of them alike. A completion is refused for what is wrong with its list, and not for a part's size:
/// nothing tells which of both comes first.
inline std::vector<client::ListedPart> three_large_parts(CheckContext& c,
                                                         const client::UploadAddress& upload) {
  c.put("source", repeated("a", source_of_large_parts));
  std::vector<client::ListedPart> parts;
  for (unsigned number = 1; number <= 3; ++number) {
    auto copy = client::upload_part_copy(upload, std::to_string(number), c.bucket(), c.key("source"));
    copy.header("x-amz-copy-source-range", "bytes=0-" + std::to_string(source_of_large_parts - number));
    auto copied = c.send(copy);
    // Whether parts can be copied is another check's.
    if (copied.answer().status != 200 || copied.text("ETag").empty())
      c.skip("it needs parts that are copied, which fails, as multipart.copy.whole says");
    parts.push_back({std::to_string(number), copied.text("ETag"), {}});
  }
  return parts;
}

}  // namespace partsmith::conformance::checks
