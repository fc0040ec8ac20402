#include "termination.h"

#include <pthread.h>

#include <array>
#include <utility>

namespace partsmith::cli {
namespace {

constexpr auto always_taken = std::to_array<int>({SIGTERM, SIGINT});
constexpr auto taken_unless_ignored = std::to_array<int>(
    {SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGPOLL, SIGPWR, SIGSTKFLT,
     SIGABRT});  // sent by others, such as a watchdog: abort() ends the process all the same

bool is_ignored(int signal) {
  struct sigaction action{};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : always_taken) sigaddset(&signals, signal);
  for (const int signal : taken_unless_ignored) {
    if (!is_ignored(signal)) sigaddset(&signals, signal);
  }
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) {
    if (!is_ignored(signal)) sigaddset(&signals, signal);
  }
  return signals;
}

void survive_closed_pipes() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

Termination::Termination() : signals_(ending_signals()) {
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  survive_closed_pipes();
}

void Termination::wait() const {
  int received = 0;
  while (sigwait(&signals_, &received) != 0) {
  }
}

Termination::SecondSignal::SecondSignal(const Termination& termination, std::function<void(int)> now)
    : thread_([signals = termination.signals_, now = std::move(now)](const std::stop_token& stop) {
        const auto since = std::chrono::steady_clock::now();
        for (;;) {
          int received = 0;
          if (sigwait(&signals, &received) != 0) continue;
          if (stop.stop_requested()) return;
          if (std::chrono::steady_clock::now() - since >= same_signal) return now(received);
        }
      }) {}

Termination::SecondSignal::~SecondSignal() {
  thread_.request_stop();
  pthread_kill(thread_.native_handle(), SIGTERM);  // for this thread alone: it wakes, and sees the request
}

}  // namespace partsmith::cli
