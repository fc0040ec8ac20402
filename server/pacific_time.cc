#include "pacific_time.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace partsmith::server {
namespace {

using namespace std::chrono;

/// Summer time begins on the second Sunday of March and ends on the first of November, both at two o'clock.
bool is_summer(sys_seconds time) {
  const year in = year_month_day(floor<days>(time)).year();
  const sys_seconds begins = sys_days(in / March / Sunday[2]) + hours(10);
  const sys_seconds ends = sys_days(in / November / Sunday[1]) + hours(9);
  return time >= begins && time < ends;
}

}  // namespace

std::string pacific_time(TimePoint time) {
  constexpr std::array<const char*, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto utc = floor<seconds>(time);
  const bool summer = is_summer(utc);
  const auto local = utc - hours(summer ? 7 : 8);
  const auto day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss clock(local - day);
  return fmt::format("{} {} {:02} {:02}:{:02}:{:02} {} {}", weekdays[weekday(day).c_encoding()],
                     months[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     summer ? "PDT" : "PST", static_cast<int>(date.year()));
}

}  // namespace partsmith::server
