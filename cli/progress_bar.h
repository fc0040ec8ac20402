#pragma once
/// How far something is, on one line of the terminal that is written over.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace partsmith::cli {

/// Of the terminal on standard error; 80 when it doesn't say.
std::size_t terminal_columns();

/// `[#####     ] 12/40  0:03  text`, no wider than `columns`.
std::string progress_line(std::size_t done, std::size_t all, std::chrono::seconds elapsed,
                          std::string_view text, std::size_t columns);

/// On standard error. One thread at a time.
class ProgressBar {
 public:
  void show(std::size_t done, std::size_t all, std::string_view text);
  /// Takes the line away.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point begun_ = Clock::now();
  Clock::time_point shown_{};
};

}  // namespace partsmith::cli
