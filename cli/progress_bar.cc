#include "progress_bar.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "standard_streams.h"

namespace partsmith::cli {

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string progress_line(std::size_t done, std::size_t all, std::chrono::seconds elapsed,
                          std::string_view text, std::size_t columns) {
  const std::size_t bar_columns = std::clamp<std::size_t>(columns / 4, 4, 30);
  const auto filled = all == 0 ? bar_columns : std::min(bar_columns, bar_columns * done / all);
  auto line = fmt::format("[{:#<{}}{: <{}}] {}/{}  {}:{:02}  {}", "", filled, "", bar_columns - filled, done,
                          all, elapsed.count() / 60, elapsed.count() % 60, text);
  if (line.size() >= columns) line.resize(std::max<std::size_t>(columns, 1) - 1);
  return line;
}

void ProgressBar::show(std::size_t done, std::size_t all, std::string_view text) {
  const auto now = Clock::now();
  if (done < all && now < shown_ + std::chrono::milliseconds(50)) return;  // nobody reads faster
  shown_ = now;
  const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(now - begun_);
  tell_text("\r\x1b[K" + progress_line(done, all, elapsed, text, terminal_columns()));
}

void ProgressBar::clear() {
  tell_text("\r\x1b[K");
}

}  // namespace partsmith::cli
