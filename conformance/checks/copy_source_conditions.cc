#include "checks/copy_source_conditions.h"

#include "checks/making.h"

namespace partsmith::conformance::checks {

std::vector<CopySourceCondition> copy_source_conditions(std::string_view etag) {
  const std::string good(etag);
  const std::string other = "\"d41d8cd98f00b204e9800998ecf8427e\"";
  const std::string past(long_ago);
  const std::string future(far_future);
  return {
      {"if-match-holds",
       "x-amz-copy-source-if-match with the source's ETag",
       {{"x-amz-copy-source-if-match", good}},
       true},
      {"if-match-fails",
       "x-amz-copy-source-if-match with another ETag is 412",
       {{"x-amz-copy-source-if-match", other}},
       false},
      {"if-none-match-holds",
       "x-amz-copy-source-if-none-match with another ETag",
       {{"x-amz-copy-source-if-none-match", other}},
       true},
      {"if-none-match-fails",
       "x-amz-copy-source-if-none-match with the source's ETag is 412, not 304",
       {{"x-amz-copy-source-if-none-match", good}},
       false},
      {"if-modified-since-holds",
       "x-amz-copy-source-if-modified-since with a time before",
       {{"x-amz-copy-source-if-modified-since", past}},
       true},
      {"if-unmodified-since-holds",
       "x-amz-copy-source-if-unmodified-since with a time after",
       {{"x-amz-copy-source-if-unmodified-since", future}},
       true},
      {"if-unmodified-since-fails",
       "x-amz-copy-source-if-unmodified-since with a time before is 412",
       {{"x-amz-copy-source-if-unmodified-since", past}},
       false},
      {"if-match-beats-time",
       "if-match that holds beats if-unmodified-since that fails",
       {{"x-amz-copy-source-if-match", good}, {"x-amz-copy-source-if-unmodified-since", past}},
       true},
      {"if-none-match-beats-time",
       "if-none-match that fails beats if-modified-since that holds",
       {{"x-amz-copy-source-if-none-match", good}, {"x-amz-copy-source-if-modified-since", past}},
       false},
  };
}

}  // namespace partsmith::conformance::checks
