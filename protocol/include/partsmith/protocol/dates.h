#pragma once
/// The three ways S3 writes an instant. Parsing is strict; nothing for anything else.

#include <optional>
#include <string>
#include <string_view>

#include <partsmith/values/time.h>

namespace partsmith::protocol {

/// `2026-02-21T00:18:10.000Z`: XML documents. Always ".000": S3 gives whole seconds in this form.
std::string iso8601(TimePoint time);
/// `2026-02-21T00:18:10.123Z`: until when an object is retained.
std::string iso8601_milliseconds(TimePoint time);
/// `2026-02-21T00:18:10Z`: the times in error documents.
std::string iso8601_seconds(TimePoint time);
/// Takes up to nine digits of a fraction, or none; only "Z" as the zone.
std::optional<TimePoint> parse_iso8601(std::string_view text);

/// `Sat, 21 Feb 2026 00:18:10 GMT`: HTTP headers. Parsing also takes RFC 850 and asctime forms, and doesn't
/// ask whether the weekday is the date's.
std::string http_date(TimePoint time);
std::optional<TimePoint> parse_http_date(std::string_view text);

/// `20260221T001810Z`: X-Amz-Date.
std::string amz_date(TimePoint time);
std::optional<TimePoint> parse_amz_date(std::string_view text);

}  // namespace partsmith::protocol
