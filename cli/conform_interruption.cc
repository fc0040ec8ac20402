#include "conform_interruption.h"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include "conform.h"

namespace partsmith::cli {

Interruption::Interruption(const char* notice) : notice_(notice) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  waiting_ = std::thread([this] { wait(); });
}

Interruption::~Interruption() {
  over_.request_stop();
  pthread_kill(waiting_.native_handle(), SIGTERM);
  waiting_.join();
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

void Interruption::wait() {
  while (true) {
    int received = 0;
    if (sigwait(&signals_, &received) != 0) continue;
    if (over_.stop_requested()) return;
    if (stop_.stop_requested()) _exit(conform_interrupted);
    fmt::print(stderr, "\n{}\n", notice_);
    stop_.request_stop();
  }
}

}  // namespace partsmith::cli
