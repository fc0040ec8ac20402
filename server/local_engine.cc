#include <algorithm>
#include <array>

#include "engine.h"
#include "header_rules.h"
#include "operations/answers.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
using protocol::OperationId;
using protocol::S3Error;

/// What the vendor whose part we play doesn't have.
S3Result<void> check_vendor_rules(const Visit& visit) {
  const VendorRules& rules = visit.rules();
  if (std::ranges::find(rules.refused_operations, visit.operation().id) != rules.refused_operations.end()) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented));
  }
  if (rules.refused_headers.empty()) return {};
  for (const auto& [name, value] : visit.headers()) {
    const std::string lower = protocol::lower_case(name);
    const auto refuses = [&](const std::string& beginning) { return lower.starts_with(beginning); };
    if (std::ranges::none_of(rules.refused_headers, refuses)) continue;
    return invalid_argument("Unsupported header '" + lower + "' received for this API call.", lower, value);
  }
  return {};
}

bool answer_grows_with_the_store(OperationId id) {
  using enum OperationId;
  constexpr auto growing = std::to_array<OperationId>(
      {ListObjects, ListObjectsV2, ListObjectVersions, ListMultipartUploads, ListBuckets, DeleteObjects});
  return std::ranges::find(growing, id) != growing.end();
}

/// Waits until others have been made or sent. Nothing: memory is short.
std::optional<MemoryBudget::Reservation> memory_for_answer(const Visit& visit) {
  // A thousand keys of a kilobyte, as rows and as text with every byte escaped, which grows by doubling.
  constexpr std::size_t longest = std::size_t{12} * 1024 * 1024;
  constexpr std::chrono::seconds patience{5};
  if (!answer_grows_with_the_store(visit.operation().id)) return visit.memory().reserve(0);
  if (auto held = visit.memory().reserve(longest)) return held;
  const Away away(visit.request.place);
  return visit.memory().reserve(longest, patience);
}

}  // namespace

Outcome LocalEngine::perform(Visit& visit) {
  if (auto ok = check_vendor_rules(visit); !ok) return std::unexpected(std::move(ok.error()));
  const Operation operation = operation_function(visit.operation().id);
  if (operation == nullptr) {
    return std::unexpected(S3Error(ErrorCode::NotImplemented,
                                   std::string(visit.operation().name) + " is not implemented by partsmith"));
  }
  if (auto ok = check_headers(visit); !ok) return std::unexpected(std::move(ok.error()));
  // While it is built; what it takes while it is sent is the edge's to reserve.
  const auto held = memory_for_answer(visit);
  if (!held) return std::unexpected(S3Error(ErrorCode::SlowDown));
  return operation(visit);
}

}  // namespace partsmith::server
