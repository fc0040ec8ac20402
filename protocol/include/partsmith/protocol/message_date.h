#pragma once
/// The Date of a signed request.

#include <optional>
#include <string_view>

#include <partsmith/values/time.h>

namespace partsmith::protocol {

/// HTTP's forms, and RFC 822's and 5322's as mail has them, which Amazon S3's examples of Signature V2 use:
/// `Tue, 27 Mar 2007 19:36:42 +0000`. The weekday and the seconds may be left out; the zone is GMT, UT, UTC,
/// Z or an offset. Nothing for anything else.
std::optional<TimePoint> parse_message_date(std::string_view text);

}  // namespace partsmith::protocol
