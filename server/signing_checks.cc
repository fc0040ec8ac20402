#include "signing_checks.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include <partsmith/protocol/aws_chunked.h>
#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/message_date.h>
#include <partsmith/protocol/sigv4.h>
#include <partsmith/values/limits.h>

namespace partsmith::server {
namespace {

namespace sigv4 = protocol::sigv4;
using protocol::ErrorCode;
using protocol::S3Error;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::unexpected<S3Error> bad_query(std::string message) {
  return std::unexpected(S3Error(ErrorCode::AuthorizationQueryParametersError, std::move(message)));
}

/// A sign may stand before the digits.
std::optional<std::int64_t> signed_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_hex_sha256(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

bool names_coding(std::string_view list, std::string_view coding) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (protocol::equal_ignoring_case(protocol::trimmed(list.substr(0, comma)), coding)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

std::string_view header_date(const protocol::Headers& headers) {
  return headers.has("x-amz-date") ? headers.value("x-amz-date") : headers.value("date");
}

std::expected<TimePoint, S3Error> header_time(const protocol::Headers& headers) {
  const std::string_view text = header_date(headers);
  // A time before 1970 is none (reported: scality/Arsenal#180).
  if (const auto time = protocol::parse_amz_date(text); time && *time >= TimePoint()) return *time;
  if (const auto time = protocol::parse_message_date(text)) return *time;
  return std::unexpected(
      S3Error(ErrorCode::AccessDenied, "AWS authentication requires a valid Date or x-amz-date header"));
}

std::expected<QueryTime, S3Error> query_time(const protocol::Query& query) {
  const auto algorithm = query.get("X-Amz-Algorithm");
  if (algorithm && *algorithm != sigv4::algorithm)
    return bad_query("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"");
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date",
                           "X-Amz-SignedHeaders", "X-Amz-Expires"}) {
    if (query.has(name)) continue;
    return bad_query(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
        "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
  }
  const auto signed_at = protocol::parse_amz_date(*query.get("X-Amz-Date"));
  if (!signed_at) return bad_query("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const auto expires = signed_number(*query.get("X-Amz-Expires"));
  if (!expires) return bad_query("X-Amz-Expires should be a number");
  if (*expires < 0) return bad_query("X-Amz-Expires must be non-negative");
  if (*expires > limits::max_presign_seconds) {
    return bad_query(
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
        "less than 604800 seconds");
  }
  return QueryTime{*signed_at, *expires};
}

/// An encoding in chunks that nobody signs is refused (reported:
/// litestream#889, versitygw#2427). The form of the value counts where the header Authorization has the
/// signature, and nowhere else (openstack/swift's tests of Amazon S3, test/s3api/test_input_errors.py).
std::expected<std::string, S3Error> content_sha256(const Request& request, const Address& address,
                                                   bool presigned) {
  auto value = request.headers.get("x-amz-content-sha256");
  if (!value && presigned) value = address.query.get("X-Amz-Content-Sha256");
  if (!value) {
    if (presigned) return std::string(sigv4::unsigned_payload);
    return std::unexpected(
        S3Error(ErrorCode::InvalidRequest, "Missing required header for this request: x-amz-content-sha256"));
  }
  if (!presigned && *value != sigv4::unsigned_payload && !is_hex_sha256(*value) &&
      !protocol::streaming_payload(*value)) {
    return std::unexpected(
        S3Error(ErrorCode::InvalidArgument,
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
                "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, "
                "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.")
            .with("ArgumentName", "x-amz-content-sha256")
            .with("ArgumentValue", std::string(*value)));
  }
  const std::string_view coding = request.headers.value("content-encoding");
  if (*value == sigv4::unsigned_payload && request.headers.has("x-amz-content-sha256") &&
      names_coding(coding, "aws-chunked")) {
    return std::unexpected(
        S3Error(
            ErrorCode::InvalidArgument,
            "aws-chunked encoding is not supported when x-amz-content-sha256 UNSIGNED-PAYLOAD is supplied.")
            .with("ArgumentName", "Content-Encoding")
            .with("ArgumentValue", std::string(coding)));
  }
  return std::string(*value);
}

std::expected<void, S3Error> check_skew(std::string_view sent, TimePoint signed_at, TimePoint now) {
  const seconds skew(limits::max_clock_skew_seconds);
  if (signed_at <= now + skew && signed_at >= now - skew) return {};
  return std::unexpected(S3Error(ErrorCode::RequestTimeTooSkewed)
                             .with("RequestTime", std::string(sent))
                             .with("ServerTime", protocol::iso8601_seconds(now))
                             .with("MaxAllowedSkewMilliseconds",
                                   std::to_string(std::chrono::duration_cast<milliseconds>(skew).count())));
}

std::expected<void, S3Error> check_expiry(const QueryTime& time, const Clock& clock) {
  const TimePoint now = clock.now();
  const TimePoint expires = clock.at(time.signed_at) + seconds(time.expires_seconds);
  if (time.signed_at > clock.unmoved() + seconds(limits::max_clock_skew_seconds)) {
    const auto since_1970 = std::chrono::duration_cast<milliseconds>(time.signed_at.time_since_epoch());
    return std::unexpected(S3Error(ErrorCode::AccessDenied, "Request is not yet valid")
                               .with("X-Amz-Date", std::to_string(since_1970.count()))
                               .with("Expires", protocol::iso8601_seconds(expires))
                               .with("ServerTime", protocol::iso8601_seconds(now)));
  }
  if (now > expires) {
    return std::unexpected(S3Error(ErrorCode::AccessDenied, "Request has expired")
                               .with("X-Amz-Expires", std::to_string(time.expires_seconds))
                               .with("Expires", protocol::iso8601_seconds(expires))
                               .with("ServerTime", protocol::iso8601_seconds(now)));
  }
  return {};
}

S3Error told_first(S3Error of_claim, const Request& request, const Address& address, const Clock& clock) {
  const std::string_view header = request.headers.value("authorization");
  const bool of_header =
      protocol::equal_ignoring_case(header.substr(0, sigv4::algorithm.size()), sigv4::algorithm) &&
      (of_claim.code == ErrorCode::AuthorizationHeaderMalformed || of_claim.code == ErrorCode::AccessDenied);
  if (of_header) {
    if (auto payload = content_sha256(request, address, false); !payload) return std::move(payload.error());
    const auto time = header_time(request.headers);
    if (!time) return of_claim;
    auto ok = check_skew(header_date(request.headers), *time, clock.unmoved());
    return ok ? of_claim : std::move(ok.error());
  }
  if (of_claim.code != ErrorCode::AuthorizationQueryParametersError) return of_claim;
  const auto time = query_time(address.query);
  if (!time) return of_claim;
  auto ok = check_expiry(*time, clock);
  return ok ? of_claim : std::move(ok.error());
}

}  // namespace partsmith::server
