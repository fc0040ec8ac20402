#pragma once
/// One line on a terminal that tells how far a transfer has come; nothing elsewhere.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace partsmith::cli {

/// Safe from any thread.
class Progress {
 public:
  explicit Progress(bool show) : show_(show) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// More to come; without a size, nobody knows how much.
  void expect(std::optional<std::uint64_t> bytes);
  /// So much of one transfer is done.
  void reach(std::uint64_t transfer, std::uint64_t bytes);
  /// Removes the line, before something else is written.
  void clear();

 private:
  void draw();

  using Clock = std::chrono::steady_clock;
  const bool show_;
  const Clock::time_point begun_ = Clock::now();
  std::mutex mutex_;
  Clock::time_point drawn_{};
  std::map<std::uint64_t, std::uint64_t> reached_;
  std::uint64_t done_ = 0;
  std::uint64_t expected_ = 0;
  bool open_ended_ = false;
  bool visible_ = false;
};

/// "[=====>    ]  50%  1 MiB of 2 MiB  512 KiB/s  2s"; without `all`: "1 MiB  512 KiB/s". Less than `columns`
/// wide.
std::string transfer_line(std::uint64_t done, std::optional<std::uint64_t> all, double seconds,
                          std::size_t columns);

}  // namespace partsmith::cli
