#pragma once
/// The signals that end a process as something to wait for, so that no ending but SIGKILL leaves anything
/// behind.

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

namespace partsmith::cli {

class Termination {
 public:
  /// Blocks every signal that would end the process (but those of its own faults) in this thread and in those
  /// it makes from now on. Of those that the parent has set to be ignored (`nohup`) only SIGTERM and SIGINT
  /// are taken. A closed pipe or a file that may not grow is an error of the call that meets it.
  Termination();

  /// Until one of them arrives.
  void wait() const;

  /// From now until the value is gone, one more signal calls `now` with its number, on a thread of its own.
  /// Those within `same_signal` of the first belong to it: `timeout` signals the process, and then its group.
  class SecondSignal {
   public:
    SecondSignal(const Termination& termination, std::function<void(int)> now);
    ~SecondSignal();
    SecondSignal(const SecondSignal&) = delete;
    SecondSignal& operator=(const SecondSignal&) = delete;

   private:
    std::jthread thread_;
  };
  static constexpr std::chrono::milliseconds same_signal{200};

 private:
  sigset_t signals_;
};

}  // namespace partsmith::cli
