#include "faults/presets.h"

#include <algorithm>
#include <array>
#include <vector>

#include "names.h"

namespace partsmith::server {
namespace {

constexpr auto presets = std::to_array<FaultPreset>({
    {"lost-complete",
     R"([{"name": "lost-complete", "match": {"operation": "CompleteMultipartUpload"}, "times": 1,
          "when": "after-commit", "fault": {"type": "reset"}}])",
     "the upload completes, the answer is lost, and the SDK completes again",
     "ydb#49947, foundationdb#14027, scylladb#19533: the repeated Complete meets NoSuchUpload"},
    {"error-in-200",
     R"([{"name": "error-in-200", "match": {"operation": ["CompleteMultipartUpload", "CopyObject", "UploadPartCopy"]},
          "times": 1, "fault": {"type": "error-in-200", "code": "InternalError"}}])",
     "a 200 carries an error, and nothing was done",
     "aws-sdk-java-v2#7068, scylladb#20517, s3cmd#577: the 200 is read as success"},
    {"late-part",
     R"([{"name": "late-part", "match": {"operation": "UploadPart"}, "times": 1,
          "fault": {"type": "late-commit", "until": "retry"}}])",
     "a part's first attempt arrives after its retry, and overwrites it", ""},
    {"late-put",
     R"([{"name": "late-put", "match": {"operation": "PutObject"}, "times": 1,
          "fault": {"type": "late-commit", "until": "retry"}}])",
     "a put's first attempt arrives after its retry, and overwrites it", ""},
    {"slow-down",
     R"([{"name": "slow-down", "match": {}, "probability": 0.2, "seed": 1,
          "fault": {"type": "error", "code": "SlowDown"}}])",
     "one request in five is told to slow down",
     "harbor#23005, opndrive#90: an upload ends at the first SlowDown"},
    {"flaky-network",
     R"([{"name": "flaky-requests", "match": {}, "probability": 0.1, "seed": 2, "when": "before",
          "fault": {"type": "reset"}},
         {"name": "flaky-answers", "match": {}, "probability": 0.1, "seed": 3, "when": "after-commit",
          "fault": {"type": "reset"}}])",
     "connections are reset before and after the work is done",
     "scylladb#19533: a request whose answer was lost is sent again"},
    {"brownout",
     R"([{"name": "brownout-errors", "match": {}, "probability": 0.3, "seed": 4,
          "fault": {"type": "error", "code": "InternalError"}},
         {"name": "brownout-delays", "match": {}, "probability": 0.5, "seed": 5,
          "fault": {"type": "delay", "ms": 400}}])",
     "a third of the requests fail, half of them are slow", ""},
    {"throttled",
     R"([{"name": "throttled", "match": {"operation": "GetObject"}, "when": "during-response",
          "fault": {"type": "throttle", "bytes_per_second": 65536}}])",
     "objects arrive at 64 KiB a second", ""},
    {"lost-abort",
     R"([{"name": "lost-abort", "match": {"operation": "AbortMultipartUpload"},
          "fault": {"type": "error", "code": "InternalError"}}])",
     "aborts fail, and parts stay", "elasticsearch#77619, bun#43137: parts leak when an abort fails"},
    {"truncated-get",
     R"([{"name": "truncated-get", "match": {"operation": "GetObject"}, "times": 1, "when": "during-response",
          "fault": {"type": "truncate", "after_bytes": 1024}}])",
     "an object's bytes end early",
     "aws-sdk-kotlin#594, aws-sdk-js#257, aws-sdk-js#886: a short body is taken for the whole"},
    {"corrupt-get",
     R"([{"name": "corrupt-get", "match": {"operation": "GetObject"}, "times": 1, "when": "during-response",
          "fault": {"type": "corrupt", "after_bytes": 0}}])",
     "a bit of an object is flipped on its way", ""},
    {"stale-listing",
     R"([{"name": "stale-listing", "match": {"operation": ["ListObjects", "ListObjectsV2", "ListParts", "ListMultipartUploads"]},
          "fault": {"type": "stale-listing", "seconds": 60}}])",
     "listings lack what was written within a minute", ""},
    {"conditional-retry",
     R"([{"name": "conditional-retry", "match": {"operation": ["PutObject", "CompleteMultipartUpload"],
          "header": {"if-none-match": "*"}}, "times": 1, "when": "after-commit", "fault": {"type": "reset"}}])",
     "a conditional write is done, its answer lost, and its own retry fails with 412",
     "aws-sdk-java-v2#6580, icechunk#2099: a write's own retry is read as a conflict"},
    {"upload-expired",
     R"([{"name": "upload-expired", "match": {"operation": ["UploadPart", "CompleteMultipartUpload"]}, "skip": 1,
          "fault": {"type": "upload-expired"}}])",
     "a lifecycle rule aborts an upload while it is in use",
     "ydb#49947: an upload that is gone is read as success"},
    {"expired-token",
     R"([{"name": "expired-token", "match": {}, "times": 1, "fault": {"type": "expired-token"}}])",
     "credentials expire in the midst of a transfer",
     "aws-sdk-js-v3#5215, rclone#5509, aws-sdk-php#1895: a long upload doesn't refresh its credentials"},
});

}  // namespace

std::span<const FaultPreset> fault_presets() {
  return presets;
}

const FaultPreset* fault_preset(std::string_view name) {
  const auto found = std::ranges::find(presets, name, &FaultPreset::name);
  return found == presets.end() ? nullptr : &*found;
}

std::expected<std::string_view, std::string> preset_rules(std::string_view name) {
  if (const FaultPreset* preset = fault_preset(name)) return preset->rules;
  std::vector<std::string_view> names;
  for (const FaultPreset& one : presets) names.push_back(one.name);
  return std::unexpected(unknown_name("preset", name, names));
}

}  // namespace partsmith::server
