#include "conform_interruption.h"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "conform.h"
#include "standard_streams.h"
#include "termination.h"

namespace partsmith::cli {

Interruption::Interruption(const char* notice) : notice_(notice), signals_(ending_signals()) {
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  survive_closed_pipes();
  waiting_ = std::thread([this] { wait(); });
}

Interruption::~Interruption() {
  over_.request_stop();
  pthread_kill(waiting_.native_handle(), SIGTERM);
  waiting_.join();
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

namespace {

/// For what has to be done after the first signal.
constexpr std::chrono::milliseconds time_to_clean{1700};

timespec to_timespec(std::chrono::steady_clock::duration time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds(time - seconds).count()};
}

}  // namespace

void Interruption::wait() {
  using Clock = std::chrono::steady_clock;
  Clock::time_point first;
  while (true) {
    const bool limited = stop_.stop_requested() && !late_.stop_requested();
    const auto limit =
        to_timespec(limited ? std::max(first + time_to_clean - Clock::now(), Clock::duration::zero())
                            : std::chrono::hours(24));
    const int received = sigtimedwait(&signals_, nullptr, &limit);
    if (received < 0) {
      if (limited && errno == EAGAIN) late_.request_stop();
      continue;
    }
    if (over_.stop_requested()) return;
    if (!stop_.stop_requested()) {
      first = Clock::now();
      tell_text(fmt::format("\n{}\n", notice_));
      stop_.request_stop();
    } else if (Clock::now() - first >= same_signal) {
      _exit(conform_interrupted);
    }
  }
}

}  // namespace partsmith::cli
