#pragma once
/// SIGTERM and SIGINT as something to wait for.

#include <csignal>

namespace partsmith::cli {

class Termination {
 public:
  /// Blocks both signals in this thread and in those it makes from now on.
  Termination();
  /// Until one of them arrives. A second one then ends the process at once.
  void wait() const;

 private:
  sigset_t signals_;
};

}  // namespace partsmith::cli
