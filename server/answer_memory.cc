#include "answer_memory.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace partsmith::server {
namespace {

struct AnswerRow {
  std::string_view operation;
  std::size_t longest;
};

/// A lifecycle configuration has at most 2 MiB when it is put, and is stored and told as text.
constexpr auto rows = std::to_array<AnswerRow>({
    {"ListObjects", longest_listing},
    {"ListObjectsV2", longest_listing},
    {"ListObjectVersions", longest_listing},
    {"ListMultipartUploads", longest_listing},
    {"ListBuckets", longest_listing},
    {"GetBucketLifecycleConfiguration", std::size_t{6} * 1024 * 1024},
});

}  // namespace

std::size_t longest_answer(const protocol::OperationRow& operation) {
  const auto* const row = std::ranges::find(rows, operation.name, &AnswerRow::operation);
  return row == rows.end() ? 0 : row->longest;
}

std::optional<MemoryBudget::Reservation> memory_for_answer(const Call& call, std::size_t bytes) {
  constexpr std::chrono::seconds patience{5};
  if (auto held = call.memory().reserve(bytes)) return held;
  const Away away(call.request.place);
  return call.memory().reserve(bytes, patience);
}

}  // namespace partsmith::server
