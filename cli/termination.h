#pragma once
/// The signals that end a process as something to wait for, so that no ending but SIGKILL leaves anything
/// behind.

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

namespace partsmith::cli {

/// Every signal that would end the process, but those of its own faults. Of those that the parent has set to
/// be ignored (`nohup`) only SIGTERM and SIGINT.
sigset_t ending_signals();

/// From now on a closed pipe or a file that may not grow is an error of the call that meets it.
void survive_closed_pipes();

/// Signals within this of the first belong to it: `timeout` signals the process, and then its group.
inline constexpr std::chrono::milliseconds same_signal{200};

class Termination {
 public:
  /// Blocks those signals in this thread and in those it makes from now on, and survives closed pipes.
  Termination();

  /// Until one of them arrives.
  void wait() const;

  /// From now until the value is gone, one more signal calls `now` with its number, on a thread of its own.
  class SecondSignal {
   public:
    SecondSignal(const Termination& termination, std::function<void(int)> now);
    ~SecondSignal();
    SecondSignal(const SecondSignal&) = delete;
    SecondSignal& operator=(const SecondSignal&) = delete;

   private:
    std::jthread thread_;
  };

 private:
  sigset_t signals_;
};

}  // namespace partsmith::cli
