#pragma once
/// How long the stages of a visit took.

#include <chrono>

#include "visit.h"

namespace partsmith::server {

/// Adds the time from its making to its end to a stage's.
class StageTimer {
 public:
  explicit StageTimer(Visit::Duration& spent) : spent_(spent) {}
  ~StageTimer() { spent_ += std::chrono::steady_clock::now() - begun_; }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  Visit::Duration& spent_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace partsmith::server
