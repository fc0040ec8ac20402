#pragma once
/// The signals that end a process as a request to stop, for what has to clean up elsewhere; one more ends it
/// at once.

#include <chrono>
#include <csignal>
#include <stop_token>
#include <thread>

namespace partsmith::cli {

class Interruption {
 public:
  /// Blocks them (see ending_signals()) in this thread and in those it makes from now on, and survives closed
  /// pipes; one thread waits for them. `notice` is told with the first.
  explicit Interruption(const char* notice = "cleaning up; once more ends at once");
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  /// Asked to stop some time after the other: who waits for the end waits for two seconds at most.
  std::stop_token late_token() const { return late_.get_token(); }

 private:
  void wait();

  const char* notice_;
  sigset_t signals_;
  std::stop_source stop_;
  std::stop_source late_;
  std::stop_source over_;
  std::thread waiting_;
};

}  // namespace partsmith::cli
