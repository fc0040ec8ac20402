#include "document_limits.h"

#include <algorithm>
#include <array>

#include <partsmith/values/limits.h>

namespace partsmith::server {
namespace {

using protocol::OperationId;

struct Row {
  OperationId operation;
  std::size_t bytes;
  std::size_t nodes;
};

/// Amazon S3 names a size for CORS alone ("limited to 64 KB in size"); the others hold what S3's own limits
/// of parts, keys, rules and grants need, each of their elements counted, with room for comments.
constexpr auto table = std::to_array<Row>({
    {OperationId::CompleteMultipartUpload, limits::max_request_document_bytes,
     80'000},                                                      // 10,000 parts of up to 7 elements
    {OperationId::DeleteObjects, limits::max_request_document_bytes, 8'000},  // 1,000 keys of 6 elements
    {OperationId::PutBucketCors, 64 * limits::kib, 16'000},                   // 100 rules
    {OperationId::PutBucketLifecycleConfiguration, 2 * limits::mib, 50'000},  // 1,000 rules
});

}  // namespace

protocol::XmlLimits document_limits(OperationId operation) {
  protocol::XmlLimits result{.bytes = limits::mib, .nodes = 16'000};
  const auto row = std::ranges::find(table, operation, &Row::operation);
  if (row != table.end()) {
    result.bytes = row->bytes;
    result.nodes = row->nodes;
  }
  return result;
}

}  // namespace partsmith::server
