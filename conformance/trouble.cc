#include "trouble.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace partsmith::conformance {
namespace {

/// S3's own, and those of the query protocol that SDKs retry, too.
constexpr auto busy_codes = std::to_array<std::string_view>(
    {"SlowDown", "ServiceUnavailable", "Busy", "BandwidthLimitExceeded", "RequestLimitExceeded", "ServerBusy",
     "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequests",
     "TooManyRequestsException"});
/// Of servers with disks of their own: Ceph's, MinIO's, and in general.
constexpr auto full_codes =
    std::to_array<std::string_view>({"InsufficientStorage", "InsufficientCapacity", "QuotaExceeded",
                                     "StorageFull", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"});

bool is_one_of(const auto& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

}  // namespace

Trouble trouble_of(const std::expected<client::S3Answer, client::ClientError>& answer) {
  if (!answer) return answer.error().kind == client::ErrorKind::cut ? Trouble::lost : Trouble::none;
  const auto failure = answer->failure_even_in_200();
  if (!failure) return Trouble::none;
  if (failure->status == 507 || is_one_of(full_codes, failure->code)) return Trouble::full;
  if (is_busy(failure->status, failure->code)) return Trouble::busy;
  return failure->status == 500 || failure->code == "InternalError" ? Trouble::broken : Trouble::none;
}

bool is_busy(int status, std::string_view code) {
  return status == 429 || (status >= 502 && status <= 504) || is_one_of(busy_codes, code);
}

std::string words_of(const client::S3Answer& answer) {
  const auto failure = answer.failure_even_in_200();
  if (!failure || failure->code.empty()) return fmt::format("status {}", answer.status);
  return fmt::format("{} ({})", failure->code, answer.status);
}

}  // namespace partsmith::conformance
