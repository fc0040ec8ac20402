#include "conform_interruption.h"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

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

void Interruption::wait() {
  using Clock = std::chrono::steady_clock;
  Clock::time_point first;
  while (true) {
    int received = 0;
    if (sigwait(&signals_, &received) != 0) continue;
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
