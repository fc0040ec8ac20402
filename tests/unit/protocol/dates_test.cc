#include <partsmith/protocol/dates.h>
#include <partsmith/protocol/message_date.h>

#include "catch.h"

namespace partsmith::protocol {
namespace {

TimePoint at(std::int64_t milliseconds) {
  return TimePoint(std::chrono::milliseconds(milliseconds));
}

// 2026-02-21T00:18:10Z, a Saturday
constexpr std::int64_t instant = 1'771'633'090'000;

}  // namespace

TEST_CASE("An instant is written in S3's four forms") {
  CHECK(iso8601(at(instant)) == "2026-02-21T00:18:10.000Z");
  CHECK(iso8601_seconds(at(instant)) == "2026-02-21T00:18:10Z");
  CHECK(http_date(at(instant)) == "Sat, 21 Feb 2026 00:18:10 GMT");
  CHECK(amz_date(at(instant)) == "20260221T001810Z");
}

TEST_CASE("Every form gives the whole second that has begun") {
  CHECK(iso8601(at(instant + 999)) == "2026-02-21T00:18:10.000Z");
  CHECK(iso8601_seconds(at(instant + 999)) == "2026-02-21T00:18:10Z");
  CHECK(http_date(at(instant + 999)) == "Sat, 21 Feb 2026 00:18:10 GMT");
  CHECK(amz_date(at(instant + 999)) == "20260221T001810Z");
  CHECK(iso8601(at(-1)) == "1969-12-31T23:59:59.000Z");
}

TEST_CASE("Years that no calendar has are written whole") {
  CHECK(iso8601(at(253'402'300'800'000)) == "10000-01-01T00:00:00.000Z");
  CHECK(iso8601_seconds(TimePoint(std::chrono::sys_days(std::chrono::year(-5) / 3 / 1))) ==
        "-005-03-01T00:00:00Z");
}

TEST_CASE("What is written is read as the same instant") {
  const auto milliseconds =
      GENERATE(values<std::int64_t>({0, -1'000, instant, 951'782'400'000 /* 29 February 2000 */,
                                     253'402'300'799'000 /* the end of 9999 */}));
  const auto time = at(milliseconds);
  CAPTURE(milliseconds);
  CHECK(parse_iso8601(iso8601(time)) == time);
  CHECK(parse_iso8601(iso8601_seconds(time)) == time);
  CHECK(parse_http_date(http_date(time)) == time);
  CHECK(parse_amz_date(amz_date(time)) == time);
}

TEST_CASE("The fraction of an ISO 8601 time is read to the millisecond") {
  CHECK(parse_iso8601("2026-02-21T00:18:10.5Z") == at(instant + 500));
  CHECK(parse_iso8601("2026-02-21T00:18:10.123Z") == at(instant + 123));
  CHECK(parse_iso8601("2026-02-21T00:18:10.123999999Z") == at(instant + 123));
}

TEST_CASE("The three date forms of HTTP are the same instant") {
  const auto text = GENERATE(as<std::string_view>(), "Sun, 06 Nov 1994 08:49:37 GMT",
                             "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994");
  CAPTURE(text);
  CHECK(parse_http_date(text) == at(784'111'777'000));
}

TEST_CASE("The Date of a signed request has the forms that Amazon S3 reads") {
  const auto text = GENERATE(
      as<std::string_view>(), "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +0000",
      "Sun, 06 Nov 1994 08:49:37 -0000", "Sun, 6 Nov 1994 08:49:37 UTC", "sun, 06 NOV 1994 08:49:37 gmt",
      "Sun, 06 Nov 1994 10:19:37 +0130", "Sat, 05 Nov 1994 23:49:37 -0900", "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun, 06-Nov-1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun Nov 06 08:49:37  1994",
      "Mon, 06 November 1994 08:49:37 GMT", "Sun,  06 Nov 1994 08:49:37  GMT",
      "Sun, 06 Nov 01994 08:49:37 GMT", "Sun, 06 Nov 1994 10:49:37 GMT+2:00", "Sun, 06 Nov 1994 10:49:37 IST",
      "Sun, 06 Nov 1994 03:49:37 est", "Sat, 05 Nov 1994 32:49:37 GMT", "Sun, 37 Oct 1994 08:49:37 GMT");
  CAPTURE(text);
  if (text.find("-94") != std::string_view::npos) {
    CHECK(parse_message_date(text) == parse_http_date("Sun, 06 Nov 2094 08:49:37 GMT"));
  } else {
    CHECK(parse_message_date(text) == at(784'111'777'000));
  }
}

TEST_CASE("What is no date of any form is none of a signed request") {
  const auto text = GENERATE(
      as<std::string_view>(), "", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49 +0000",
      "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 Z", "Sun, 06 Nov 1994 08:49:37 UT",
      "Sun, 06 Nov 1994 08:49:37 EDT", "Sun, 06 Nov 1994 08:49:37 +00", "Sun, 06 Nov 1994 08:49:37 +2400",
      "Sun, 06 Nov 1994 08:49:37 +0060", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 08:49:37 GMT+9",
      "Sun, 06 Nov 94 08:49:37 GMT", "Sunday, 06-Nov-094 08:49:37 GMT", "Sun, 06 11 1994 08:49:37 GMT",
      "Sun Nov 06 08:49:37 1994 GMT", "Sun  Nov 06 08:49:37 1994", "Sun, 06 Nov 1969 08:49:37 GMT",
      "Sun, 06 Nov 10000 08:49:37 GMT", "Sun, 0000006 Nov 1994 08:49:37 GMT");
  CAPTURE(text);
  CHECK_FALSE(parse_message_date(text).has_value());
}

TEST_CASE("An HTTP date's weekday need not be the date's") {
  CHECK(parse_http_date("Mon, 06 Nov 1994 08:49:37 GMT") == at(784'111'777'000));
}

TEST_CASE("A year of two digits is one of 1969 to 2068") {
  CHECK(parse_http_date("Sunday, 06-Nov-69 08:49:37 GMT") ==
        parse_http_date("Sun, 06 Nov 1969 08:49:37 GMT"));
  CHECK(parse_http_date("Sunday, 06-Nov-68 08:49:37 GMT") ==
        parse_http_date("Sun, 06 Nov 2068 08:49:37 GMT"));
}

TEST_CASE("A text that is not exactly a date of its form is refused") {
  SECTION("ISO 8601") {
    const auto text = GENERATE(
        as<std::string_view>(), "", "2026-02-21", "2026-02-21T00:18:10", "2026-02-21T00:18:10.Z",
        "2026-02-21T00:18:10.1234567890Z", "2026-02-21T00:18:10+00:00", "2026-02-21 00:18:10Z",
        "2026-02-30T00:18:10Z", "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-02-00T00:00:00Z", "2026-02-21T24:00:00Z", "2026-02-21T00:60:00Z", "2026-02-21T00:00:60Z",
        " 2026-02-21T00:18:10Z", "2026-02-21T00:18:10Z ", "-026-02-21T00:18:10Z", "2026-2-21T00:18:10Z");
    CAPTURE(text);
    CHECK_FALSE(parse_iso8601(text).has_value());
  }
  SECTION("HTTP") {
    const auto text = GENERATE(
        as<std::string_view>(), "", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 6 Nov 1994 08:49:37 GMT", "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT",
        "784111777", "Sun, 06 Nov 1994 25:49:37 GMT");
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text).has_value());
  }
  SECTION("X-Amz-Date") {
    const auto text = GENERATE(as<std::string_view>(), "", "20260221", "20260221T001810", "20260221T0018Z",
                               "20260221t001810Z", "2026-02-21T00:18:10Z", "20260230T001810Z",
                               "20260221T241810Z", "20260221T001810Z ", "2026022 T001810Z");
    CAPTURE(text);
    CHECK_FALSE(parse_amz_date(text).has_value());
  }
}

}  // namespace partsmith::protocol
