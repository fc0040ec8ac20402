#include <algorithm>
#include <array>
#include <string>

#include <partsmith/protocol/headers.h>
#include <partsmith/protocol/message_date.h>

namespace partsmith::protocol {
namespace {

constexpr auto months =
    std::to_array<std::string_view>({"january", "february", "march", "april", "may", "june", "july", "august",
                                     "september", "october", "november", "december"});
constexpr auto weekdays = std::to_array<std::string_view>(
    {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"});

struct ZoneName {
  std::string_view name;
  int minutes;  ///< east of Greenwich
};
constexpr auto zones = std::to_array<ZoneName>({{"gmt", 0},
                                                {"utc", 0},
                                                {"est", -300},
                                                {"pst", -480},
                                                {"hdt", -600},
                                                {"nst", -210},
                                                {"ist", 120},
                                                {"acdt", 570},
                                                {"chst", 600}});

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

/// Takes a text in lower case apart from the left. After the first thing that isn't there, everything fails.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool done() const { return ok_ && rest_.empty(); }
  bool next_is(char c) const { return ok_ && rest_.starts_with(c); }
  void fail() { ok_ = false; }

  void literal(std::string_view expected) {
    ok_ = ok_ && rest_.starts_with(expected);
    if (ok_) rest_.remove_prefix(expected.size());
  }
  void more_spaces() {
    while (next_is(' ')) literal(" ");
  }
  void spaces() {
    literal(" ");
    more_spaces();
  }

  std::string_view letters() { return run(is_letter); }
  /// At most six of them.
  std::string_view digits() {
    const std::string_view found = run(is_digit);
    if (found.size() > 6) fail();
    return ok_ ? found : std::string_view();
  }
  int number() { return value_of(digits()); }
  /// Exactly so many digits.
  int number_of(std::size_t count) {
    const std::string_view found = digits();
    if (found.size() != count) fail();
    return value_of(found);
  }

  static int value_of(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = 10 * value + (c - '0');
    return value;
  }

 private:
  std::string_view run(bool (*belongs)(char)) {
    const auto end = std::ranges::find_if_not(rest_, belongs);
    const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    if (found.empty()) fail();
    if (!ok_) return {};
    rest_.remove_prefix(found.size());
    return found;
  }

  std::string_view rest_;
  bool ok_ = true;
};

/// From 0; -1 for what is no name of them, short or whole.
template <std::size_t n>
int place_of(std::string_view word, const std::array<std::string_view, n>& names) {
  const auto found = std::ranges::find_if(
      names, [&](std::string_view name) { return word == name || word == name.substr(0, 3); });
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

struct Date {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int zone = 0;  ///< minutes east of Greenwich
};

int month_in(Reader& text) {
  const int place = place_of(text.letters(), months);
  if (place < 0) text.fail();
  return place + 1;
}

void read_time(Reader& text, Date& date) {
  date.hour = text.number();
  text.literal(":");
  date.minute = text.number();
  text.literal(":");
  date.second = text.number();
}

/// `+0930`, or `+09:30` and `+9:30` behind GMT.
int offset_in(Reader& text, bool with_colon) {
  const bool west = text.next_is('-');
  text.literal(west ? "-" : "+");
  int hours = 0;
  int minutes = 0;
  if (with_colon) {
    hours = text.number();
    text.literal(":");
    minutes = text.number_of(2);
  } else {
    const int both = text.number_of(4);
    hours = both / 100;
    minutes = both % 100;
  }
  if (hours > 23 || minutes > 59) text.fail();
  return (hours * 60 + minutes) * (west ? -1 : 1);
}

int zone_in(Reader& text) {
  if (text.next_is('+') || text.next_is('-')) return offset_in(text, false);
  const std::string_view word = text.letters();
  const auto* const found = std::ranges::find(zones, word, &ZoneName::name);
  if (found == zones.end()) {
    text.fail();
    return 0;
  }
  const bool has_offset = word == "gmt" && (text.next_is('+') || text.next_is('-'));
  return has_offset ? offset_in(text, true) : found->minutes;
}

/// Behind the weekday and its comma.
Date read_mail_date(Reader& text) {
  Date date;
  text.spaces();
  date.day = text.number();
  const bool dashed = text.next_is('-');
  const std::string_view separator = dashed ? "-" : " ";
  text.literal(separator);
  date.month = month_in(text);
  text.literal(separator);
  if (dashed) text.more_spaces();
  const std::string_view year = text.digits();
  date.year = Reader::value_of(year);
  if (dashed && year.size() == 2) {
    date.year += 2000;
  } else if (year.size() < 4) {
    text.fail();
  }
  text.spaces();
  read_time(text, date);
  text.spaces();
  date.zone = zone_in(text);
  return date;
}

/// Behind the weekday.
Date read_asctime(Reader& text) {
  Date date;
  text.literal(" ");
  date.month = month_in(text);
  text.spaces();
  date.day = text.number();
  text.spaces();
  read_time(text, date);
  text.spaces();
  date.year = text.number();
  return date;
}

}  // namespace

std::optional<TimePoint> parse_message_date(std::string_view sent) {
  const std::string lower = lower_case(sent);
  Reader text(lower);
  if (place_of(text.letters(), weekdays) < 0) text.fail();
  const bool is_mail_date = text.next_is(',');
  if (is_mail_date) text.literal(",");
  const Date date = is_mail_date ? read_mail_date(text) : read_asctime(text);
  if (!text.done() || date.year < 1970 || date.year > 9999) return std::nullopt;
  const auto first_of_month = std::chrono::sys_days(std::chrono::year(date.year) / date.month / 1);
  return TimePoint(first_of_month) + std::chrono::days(date.day - 1) + std::chrono::hours(date.hour) +
         std::chrono::minutes(date.minute - date.zone) + std::chrono::seconds(date.second);
}

}  // namespace partsmith::protocol
