#pragma once
/// The Date of a signed request.

#include <optional>
#include <string_view>

#include <partsmith/values/time.h>

namespace partsmith::protocol {

/// What Amazon S3 takes for a Date or x-amz-date besides x-amz-date's own form, from 1970 to 9999 (reported:
/// brekkylab/backlot, which sent 73 forms of a date in 2026-09):
///
///     Tue, 29 Sep 2026 15:51:47 +0000        a year of four digits behind a space
///     Tuesday, 29-Sep-26 15:51:47 GMT        or of two or four behind a '-'
///     Tue Sep 29 15:51:47 2026               without a zone
///
/// Weekday and month are English, short or whole, in any letter case, and the weekday need not be the date's.
/// More spaces may stand behind the comma and around the zone. A day, an hour, a minute or a second that is
/// too large leads into the next. A zone is GMT, UTC, `+0930`, `GMT+09:30`, or one of the few names that were
/// tried. Nothing for anything else, and of zones by name nothing for those that nobody tried.
std::optional<TimePoint> parse_message_date(std::string_view text);

}  // namespace partsmith::protocol
