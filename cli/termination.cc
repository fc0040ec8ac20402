#include "termination.h"

#include <pthread.h>

namespace partsmith::cli {

Termination::Termination() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

void Termination::wait() const {
  int received = 0;
  while (sigwait(&signals_, &received) != 0) {
  }
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace partsmith::cli
