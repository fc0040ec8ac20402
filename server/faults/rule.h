#pragma once
/// Rules that make S3's rare failures happen on demand: which requests, when in their way, what.
/// docs/faults.md is the manual; the tables here are what it lists.

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <partsmith/protocol/error.h>

namespace partsmith::server {

/// Which requests. What is empty matches all; texts are globs: '*' any run of characters, '?' any one.
struct FaultMatch {
  std::vector<std::string> operations = {};  ///< any of them
  std::string method = {};
  std::string bucket = {};
  std::string key = {};
  std::string upload_id = {};
  std::optional<std::pair<std::uint32_t, std::uint32_t>> part_numbers = {};  ///< first and last
  std::string access_key = {};
  std::string region = {};  ///< that the client signed for
  std::vector<std::pair<std::string, std::string>> headers =
      {};                                     ///< name and value of each that must be there
  std::optional<std::uint32_t> attempt = {};  ///< of the SDK, from amz-sdk-request: 1 is the first
  std::string user_agent = {};
};

/// When in a request's way.
enum class FaultWhen : std::uint8_t { before, during_request, after_commit, during_response };

enum class FaultType : std::uint8_t {
  error,
  error_in_200,
  reset,
  close,
  hang,
  truncate,
  corrupt,
  delay,
  throttle,
  slice,
  wrong_etag,
  drop_header,
  late_commit,
  stale_listing,
  redirect,
  expired_token,
  no_continue,
  part_lost,
  upload_expired,
};

/// One type: at which times it can act, the first being the one where none is named, and its parameters.
struct FaultTypeRow {
  FaultType type;
  std::string_view name;        ///< "error-in-200"
  std::string_view whens;       ///< space separated, of the names below
  std::string_view parameters;  ///< space separated
  std::string_view text;        ///< what it does, for the manual
};
std::span<const FaultTypeRow> fault_types();
const FaultTypeRow& row_of(FaultType type);
std::string_view to_string(FaultWhen when);

/// What happens. Of the parameters each type reads its own.
struct Fault {
  FaultType type = FaultType::error;
  protocol::ErrorCode code = protocol::ErrorCode::InternalError;
  std::optional<int> status = {};         ///< instead of the code's own
  std::string message = {};               ///< instead of the code's own
  std::optional<std::uint32_t> retry_after = {};  ///< seconds
  std::uint64_t after_bytes = 0;          ///< of the body
  std::uint64_t milliseconds = 0;         ///< of delays and hangs; a hang of 0 lasts until the server stops
  std::uint64_t bytes_per_second = 0;     ///< of throttles
  std::uint64_t bytes = 1;                ///< of each slice
  std::uint64_t bit = 0;                  ///< of the byte that is corrupted, 0 to 7
  std::string header = {};                ///< that is dropped
  std::string region = {};                ///< that is redirected to
  std::uint64_t seconds = 60;             ///< what is younger isn't in a stale listing
  std::string until = "retry";            ///< a late commit comes after: retry, complete, abort
  bool answered =
      false;  ///< the client of a late commit has its answer at once; else its connection is reset
};

struct FaultRule {
  std::string name;
  FaultMatch match = {};
  std::uint64_t skip = 0;                      ///< so many matching requests pass first
  std::optional<std::uint64_t> times = {};     ///< then so many are hit; nothing: all
  double probability = 1;
  std::uint64_t seed = 0;                      ///< of what the probability decides
  std::optional<std::uint64_t> ttl_seconds = {};  ///< by real time, from when the rule was added
  FaultWhen when = FaultWhen::before;
  Fault fault = {};
};

/// The error is one line fit for a person; it names the nearest known name for an unknown one.
std::expected<FaultRule, std::string> parse_fault_rule(const nlohmann::json& rule);
/// A list of rules, or one.
std::expected<std::vector<FaultRule>, std::string> parse_fault_rules(std::string_view json);
nlohmann::ordered_json to_json(const FaultRule& rule);

}  // namespace partsmith::server
