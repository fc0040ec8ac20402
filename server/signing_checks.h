#pragma once
/// What a signature says besides who signed: when, and what payload. Amazon S3 looks at these before it reads
/// the credential. Source of the order and of each form: reported (brekkylab/backlot, measured 2026-09).

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <partsmith/protocol/error.h>
#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/uri.h>
#include <partsmith/values/time.h>

#include "addressing.h"
#include "http/message.h"

namespace partsmith::server {

/// The date of a signature in a header, as it was sent: x-amz-date if it is there, even empty, whatever Date
/// says.
std::string_view header_date(const protocol::Headers& headers);
/// AccessDenied when it can't be read.
std::expected<TimePoint, protocol::S3Error> header_time(const protocol::Headers& headers);

/// When a URL was signed, and for how long.
struct QueryTime {
  TimePoint signed_at;
  std::int64_t expires_seconds = 0;
};
/// AuthorizationQueryParametersError for another algorithm, for a parameter that is missing, and for a date
/// or a time that can't be read.
std::expected<QueryTime, protocol::S3Error> query_time(const protocol::Query& query);

/// What the payload was signed as. InvalidRequest or InvalidArgument when the header Authorization has a
/// signature, and x-amz-content-sha256 is missing or nonsense.
std::expected<std::string, protocol::S3Error> content_sha256(const Request& request, const Address& address,
                                                             bool presigned);

/// RequestTimeTooSkewed. How far the signer's clock is from ours is a matter of real time, whatever a test
/// made of the world's. `sent` is the date as it was sent.
std::expected<void, protocol::S3Error> check_skew(std::string_view sent, TimePoint signed_at, TimePoint now);

/// AccessDenied. A URL ages by the world's clock: it was signed when that clock showed what it showed then.
std::expected<void, protocol::S3Error> check_expiry(const QueryTime& time, const Clock& clock);

/// What is told of a request whose claim can't be read: a fault of payload hash or time comes before one of
/// the credential.
protocol::S3Error told_first(protocol::S3Error of_claim, const Request& request, const Address& address,
                             const Clock& clock);

}  // namespace partsmith::server
