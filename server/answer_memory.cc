#include "answer_memory.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace partsmith::server {
namespace {

using protocol::OperationId;

struct AnswerRow {
  OperationId operation;
  std::size_t longest;
};

/// A lifecycle configuration has at most 2 MiB when it is put, and is stored and returned as text.
constexpr auto rows = std::to_array<AnswerRow>({
    {OperationId::ListObjects, longest_listing},
    {OperationId::ListObjectsV2, longest_listing},
    {OperationId::ListObjectVersions, longest_listing},
    {OperationId::ListMultipartUploads, longest_listing},
    {OperationId::ListBuckets, longest_listing},
    {OperationId::GetBucketLifecycleConfiguration, std::size_t{6} * 1024 * 1024},
});

}  // namespace

std::size_t longest_answer(OperationId operation) {
  const auto* const row = std::ranges::find(rows, operation, &AnswerRow::operation);
  return row == rows.end() ? 0 : row->longest;
}

std::optional<MemoryBudget::Reservation> memory_for_answer(const Visit& visit, std::size_t bytes) {
  constexpr std::chrono::seconds patience{5};
  if (auto held = visit.memory().reserve(bytes)) return held;
  const Away away(visit.request.place);
  return visit.memory().reserve(bytes, patience);
}

}  // namespace partsmith::server
