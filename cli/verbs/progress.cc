#include "verbs/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "progress_bar.h"
#include "standard_streams.h"
#include "verbs/text.h"

namespace partsmith::cli {

void Progress::expect(std::optional<std::uint64_t> bytes) {
  const std::scoped_lock lock(mutex_);
  expected_ += bytes.value_or(0);
  open_ended_ = open_ended_ || !bytes;
}

void Progress::reach(std::uint64_t transfer, std::uint64_t bytes) {
  if (!show_) return;
  const std::scoped_lock lock(mutex_);
  done_ += bytes - std::exchange(reached_[transfer], bytes);
  constexpr std::chrono::milliseconds between_drawings(100);
  if (Clock::now() - drawn_ >= between_drawings) draw();
}

void Progress::clear() {
  const std::scoped_lock lock(mutex_);
  if (visible_) tell_text("\r\x1b[K");
  visible_ = false;
}

void Progress::draw() {
  drawn_ = Clock::now();
  const double seconds = std::chrono::duration<double>(drawn_ - begun_).count();
  const auto all = open_ended_ ? std::nullopt : std::optional(expected_);
  tell_text("\r\x1b[K" + transfer_line(done_, all, seconds, terminal_columns()));
  visible_ = true;
}

std::string transfer_line(std::uint64_t done, std::optional<std::uint64_t> all, double seconds,
                          std::size_t columns) {
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  const auto speed = human_size(static_cast<std::uint64_t>(rate));
  const auto fitting = [columns](std::string line) {
    if (line.size() >= columns) line.resize(std::max<std::size_t>(columns, 1) - 1);
    return line;
  };
  if (!all || *all == 0) return fitting(fmt::format("{}  {}/s", human_size(done), speed));
  const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(*all));
  const auto left = rate > 0 ? static_cast<double>(*all - std::min(done, *all)) / rate : 0;
  const auto figures =
      fmt::format("{:3.0f}%  {} of {}  {}/s  {}", part * 100, human_size(done), human_size(*all), speed,
                  human_time(std::chrono::seconds(static_cast<std::int64_t>(std::min(left, 1e9) + 0.5))));
  // The figures say more than the bar, which takes what room they leave.
  constexpr std::size_t widest = 24;
  constexpr std::size_t narrowest = 8;
  constexpr std::size_t around = 4;  // brackets, a space, and the last column, which stays free
  const auto width = std::min(widest, columns - std::min(columns, figures.size() + around));
  if (width < narrowest) return fitting(figures);
  const auto filled = static_cast<std::size_t>(part * static_cast<double>(width));
  return fmt::format("[{}{}{}] {}", std::string(filled, '='), filled < width ? ">" : "",
                     std::string(filled < width ? width - filled - 1 : 0, ' '), figures);
}

}  // namespace partsmith::cli
