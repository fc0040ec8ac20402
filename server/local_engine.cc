#include <algorithm>

#include "answer_memory.h"
#include "engine.h"
#include "header_rules.h"
#include "operations/answers.h"
#include "operations/operations.h"

namespace partsmith::server {
namespace {

using protocol::ErrorCode;
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
  const auto held = memory_for_answer(visit, longest_answer(visit.operation().id));
  if (!held) return std::unexpected(S3Error(ErrorCode::SlowDown));
  return operation(visit);
}

}  // namespace partsmith::server
