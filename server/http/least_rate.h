#pragma once
/// How slow a client may be in the middle of a request or an answer. Only the time that is spent waiting for
/// it counts: a slow disk of ours is not its fault.

#include <chrono>
#include <cstdint>

namespace partsmith::server {

/// How far a transfer has got: the slowest makes room for others.
struct Pace {
  std::chrono::nanoseconds waited{};
  std::uint64_t moved = 0;  ///< bytes
};

class LeastRate {
 public:
  struct Terms {
    std::chrono::milliseconds silence;  ///< longest time without a byte
    std::chrono::milliseconds window;   ///< the rate is an average over each such time of waiting
    std::uint64_t bytes_per_second;     ///< the least
  };

  explicit LeastRate(const Terms& terms) : terms_(terms) {}

  /// How long to wait at most before note() is asked again.
  std::chrono::milliseconds patience() const;
  /// After waiting, or when bytes were moved. False if the client is too slow.
  [[nodiscard]] bool note(std::chrono::nanoseconds waited, std::uint64_t moved);
  /// Of the whole transfer.
  const Pace& pace() const { return pace_; }

 private:
  const Terms terms_;
  Pace pace_;
  Pace window_;
  std::chrono::nanoseconds silent_{};
};

}  // namespace partsmith::server
