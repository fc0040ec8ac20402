#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <partsmith/protocol/dates.h>

namespace partsmith::protocol {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekday_names = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                           "Thursday", "Friday", "Saturday"};

struct Fields {
  int year;
  unsigned month;
  unsigned day;
  unsigned weekday;  ///< 0 is Sunday
  int hour;
  int minute;
  int second;
};

Fields fields_of(TimePoint time) {
  const auto day_start = floor<days>(time);
  const std::chrono::year_month_day date(day_start);
  const std::chrono::hh_mm_ss clock(floor<seconds>(time - day_start));
  return {int(date.year()),
          unsigned(date.month()),
          unsigned(date.day()),
          std::chrono::weekday(day_start).c_encoding(),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count())};
}

/// Puts a text together from the left. Answers have thousands of dates, and this takes a tenth of a format
/// string's work.
class Composer {
 public:
  Composer& number(int value, std::size_t digits) {
    std::array<char, 8> text{};
    int left = value;
    for (std::size_t i = digits; i > 0; --i, left /= 10) text.at(i - 1) = static_cast<char>('0' + left % 10);
    if (value < 0 || left != 0)
      return literal(fmt::format("{:0{}}", value, digits));  // no year of a calendar
    return literal({text.data(), digits});
  }
  Composer& literal(std::string_view text) {
    text_ += text;
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// ISO 8601's to the second, without the zone.
Composer extended_form(const Fields& f) {
  Composer text;
  text.number(f.year, 4)
      .literal("-")
      .number(static_cast<int>(f.month), 2)
      .literal("-")
      .number(static_cast<int>(f.day), 2)
      .literal("T")
      .number(f.hour, 2)
      .literal(":")
      .number(f.minute, 2)
      .literal(":")
      .number(f.second, 2);
  return text;
}

std::optional<TimePoint> make_time(int year, int month, int day, int hour, int minute, int second) {
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return TimePoint(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         seconds(second);
}

/// Takes a text apart from the left. After the first thing that isn't there, everything fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return ok_ && rest_.empty(); }
  bool next_is(char c) const { return ok_ && rest_.starts_with(c); }

  void literal(std::string_view expected) {
    if (ok_ && rest_.starts_with(expected)) {
      rest_.remove_prefix(expected.size());
    } else {
      ok_ = false;
    }
  }

  int digits(std::size_t count) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!ok_ || rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        ok_ = false;
        return 0;
      }
      number = number * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return number;
  }

  /// The milliseconds of a fraction of one to nine digits; what is finer is dropped.
  int fraction() {
    int milliseconds = 0;
    std::size_t count = 0;
    for (; ok_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++count) {
      if (count < 3) milliseconds = milliseconds * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    if (count == 0 || count > 9) ok_ = false;
    for (; count < 3; ++count) milliseconds *= 10;
    return milliseconds;
  }

  /// 1 to 12.
  int month_name() {
    const auto found = std::ranges::find(month_names, rest_.substr(0, 3));
    if (!ok_ || found == month_names.end()) {
      ok_ = false;
      return 0;
    }
    rest_.remove_prefix(3);
    return static_cast<int>(found - month_names.begin()) + 1;
  }

  enum class Weekday { abbreviated, full };
  /// Any weekday: like other HTTP servers, S3 doesn't ask whether it is the date's.
  void weekday_name(Weekday form) {
    for (const auto name : weekday_names) {
      const auto expected = form == Weekday::full ? name : name.substr(0, 3);
      if (ok_ && rest_.starts_with(expected)) return literal(expected);
    }
    ok_ = false;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct TimeOfDay {
  int hour;
  int minute;
  int second;
};

TimeOfDay scan_time(Scanner& scan) {
  TimeOfDay time{};
  time.hour = scan.digits(2);
  scan.literal(":");
  time.minute = scan.digits(2);
  scan.literal(":");
  time.second = scan.digits(2);
  return time;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
std::optional<TimePoint> parse_imf_fixdate(std::string_view text) {
  Scanner scan(text);
  scan.weekday_name(Scanner::Weekday::abbreviated);
  scan.literal(", ");
  const int day = scan.digits(2);
  scan.literal(" ");
  const int month = scan.month_name();
  scan.literal(" ");
  const int year = scan.digits(4);
  scan.literal(" ");
  const auto time = scan_time(scan);
  scan.literal(" GMT");
  if (!scan.done()) return std::nullopt;
  return make_time(year, month, day, time.hour, time.minute, time.second);
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
std::optional<TimePoint> parse_rfc850(std::string_view text) {
  Scanner scan(text);
  scan.weekday_name(Scanner::Weekday::full);
  scan.literal(", ");
  const int day = scan.digits(2);
  scan.literal("-");
  const int month = scan.month_name();
  scan.literal("-");
  const int short_year = scan.digits(2);
  scan.literal(" ");
  const auto time = scan_time(scan);
  scan.literal(" GMT");
  if (!scan.done()) return std::nullopt;
  // POSIX's pivot: the form died out long before 2069, and a pure function has no "now" to measure from.
  const int year = short_year + (short_year < 69 ? 2000 : 1900);
  return make_time(year, month, day, time.hour, time.minute, time.second);
}

/// `Sun Nov  6 08:49:37 1994`
std::optional<TimePoint> parse_asctime(std::string_view text) {
  Scanner scan(text);
  scan.weekday_name(Scanner::Weekday::abbreviated);
  scan.literal(" ");
  const int month = scan.month_name();
  scan.literal(" ");
  const bool padded = scan.next_is(' ');
  if (padded) scan.literal(" ");
  const int day = scan.digits(padded ? 1 : 2);
  scan.literal(" ");
  const auto time = scan_time(scan);
  scan.literal(" ");
  const int year = scan.digits(4);
  if (!scan.done()) return std::nullopt;
  return make_time(year, month, day, time.hour, time.minute, time.second);
}

}  // namespace

std::string iso8601(TimePoint time) {
  return extended_form(fields_of(time)).literal(".000Z").take();
}

std::string iso8601_milliseconds(TimePoint time) {
  const auto fraction = (time - floor<seconds>(time)).count();
  return extended_form(fields_of(time))
      .literal(".")
      .number(static_cast<int>(fraction), 3)
      .literal("Z")
      .take();
}

std::string iso8601_seconds(TimePoint time) {
  return extended_form(fields_of(time)).literal("Z").take();
}

std::optional<TimePoint> parse_iso8601(std::string_view text) {
  Scanner scan(text);
  const int year = scan.digits(4);
  scan.literal("-");
  const int month = scan.digits(2);
  scan.literal("-");
  const int day = scan.digits(2);
  scan.literal("T");
  const auto time = scan_time(scan);
  int milliseconds = 0;
  if (scan.next_is('.')) {
    scan.literal(".");
    milliseconds = scan.fraction();
  }
  scan.literal("Z");
  if (!scan.done()) return std::nullopt;
  auto whole = make_time(year, month, day, time.hour, time.minute, time.second);
  if (whole) *whole += std::chrono::milliseconds(milliseconds);
  return whole;
}

std::string http_date(TimePoint time) {
  const auto f = fields_of(time);
  return Composer()
      .literal(weekday_names.at(f.weekday).substr(0, 3))
      .literal(", ")
      .number(static_cast<int>(f.day), 2)
      .literal(" ")
      .literal(month_names.at(f.month - 1))
      .literal(" ")
      .number(f.year, 4)
      .literal(" ")
      .number(f.hour, 2)
      .literal(":")
      .number(f.minute, 2)
      .literal(":")
      .number(f.second, 2)
      .literal(" GMT")
      .take();
}

std::optional<TimePoint> parse_http_date(std::string_view text) {
  if (const auto time = parse_imf_fixdate(text)) return time;
  if (const auto time = parse_rfc850(text)) return time;
  return parse_asctime(text);
}

std::string amz_date(TimePoint time) {
  const auto f = fields_of(time);
  return Composer()
      .number(f.year, 4)
      .number(static_cast<int>(f.month), 2)
      .number(static_cast<int>(f.day), 2)
      .literal("T")
      .number(f.hour, 2)
      .number(f.minute, 2)
      .number(f.second, 2)
      .literal("Z")
      .take();
}

std::optional<TimePoint> parse_amz_date(std::string_view text) {
  Scanner scan(text);
  const int year = scan.digits(4);
  const int month = scan.digits(2);
  const int day = scan.digits(2);
  scan.literal("T");
  const int hour = scan.digits(2);
  const int minute = scan.digits(2);
  const int second = scan.digits(2);
  scan.literal("Z");
  if (!scan.done()) return std::nullopt;
  return make_time(year, month, day, hour, minute, second);
}

}  // namespace partsmith::protocol
