#include <algorithm>

#include "account.h"
#include "answer_memory.h"
#include "cross_origin.h"
#include "engine.h"
#include "header_rules.h"
#include "operations/answers.h"
#include "operations/operations.h"
#include "operations/regions.h"

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
    const auto* at_bucket = std::get_if<BucketTarget>(&visit.target());
    const auto* at_key = std::get_if<ObjectTarget>(&visit.target());
    if (at_bucket != nullptr || at_key != nullptr) {
      const auto bucket = visit.store().bucket(visit.bucket());
      if (!bucket) return refused(bucket.error(), visit);
    }
    return std::unexpected(S3Error(ErrorCode::NotImplemented,
                                   std::string(visit.operation().name) + " is not implemented by partsmith"));
  }
  if (auto ok = check_headers(visit); !ok) return std::unexpected(std::move(ok.error()));
  // While it is built; what it takes while it is sent is the edge's to reserve.
  const auto held = memory_for_answer(visit, longest_answer(visit.operation().id));
  if (!held) return std::unexpected(S3Error(ErrorCode::SlowDown));
  return operation(visit);
}

Outcome LocalEngine::preflight(Visit& visit) {
  return server::preflight(visit.request, visit.address(), visit.world());
}

bool LocalEngine::cors_allows(Visit& visit, std::string_view bucket, std::string_view origin,
                              std::string_view method) {
  return server::cors_allows(visit.world(), bucket, origin, method);
}

void LocalEngine::let_pages_read(Visit& visit, Response& response) {
  add_cors_headers(response, visit.request, visit.address(), visit.world());
}

bool LocalEngine::has_bucket(Visit& visit, const BucketName& bucket) {
  return visit.store().bucket(bucket).has_value();
}

S3Result<void> LocalEngine::check_owner(const protocol::Headers& headers) {
  for (const char* name : {"x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"}) {
    const auto expected = headers.get(name);
    if (!expected || *expected == account_number) continue;
    const bool is_account =
        expected->size() == 12 && std::ranges::all_of(*expected, [](char c) { return c >= '0' && c <= '9'; });
    if (is_account) return std::unexpected(S3Error(ErrorCode::AccessDenied));
    return std::unexpected(
        S3Error(ErrorCode::InvalidBucketOwnerAWSAccountID,
                "The value of the expected bucket owner parameter must be an AWS Account ID... [" +
                    std::string(*expected) + ']'));
  }
  return {};
}

std::optional<std::string> LocalEngine::region_of(Visit& visit, const BucketName& bucket) {
  const auto found = visit.store().bucket(bucket);
  return found ? std::optional<std::string>(server::region_of(*found)) : std::nullopt;
}

}  // namespace partsmith::server
