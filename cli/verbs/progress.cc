#include "verbs/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "progress_bar.h"
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
  if (visible_) fmt::print(stderr, "\r\x1b[K");
  visible_ = false;
}

void Progress::draw() {
  drawn_ = Clock::now();
  const double seconds = std::chrono::duration<double>(drawn_ - begun_).count();
  const auto all = open_ended_ ? std::nullopt : std::optional(expected_);
  auto line = transfer_line(done_, all, seconds);
  if (const auto columns = terminal_columns(); line.size() >= columns) line.resize(columns - 1);
  fmt::print(stderr, "\r\x1b[K{}", line);
  visible_ = true;
}

std::string transfer_line(std::uint64_t done, std::optional<std::uint64_t> all, double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  const auto speed = human_size(static_cast<std::uint64_t>(rate));
  if (!all || *all == 0) return fmt::format("{}  {}/s", human_size(done), speed);
  constexpr std::size_t width = 24;
  const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(*all));
  const auto filled = static_cast<std::size_t>(part * width);
  const auto left = rate > 0 ? static_cast<double>(*all - std::min(done, *all)) / rate : 0;
  return fmt::format("[{}{}{}] {:3.0f}%  {} of {}  {}/s  {}", std::string(filled, '='),
                     filled < width ? ">" : "", std::string(filled < width ? width - filled - 1 : 0, ' '),
                     part * 100, human_size(done), human_size(*all), speed,
                     human_time(std::chrono::seconds(static_cast<std::int64_t>(std::min(left, 1e9) + 0.5))));
}

}  // namespace partsmith::cli
