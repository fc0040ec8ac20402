#pragma once
/// Threads that run tasks: a few at rest, more under load, never more than a limit. Safe from any thread.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace partsmith::server {

class WorkerPool {
 public:
  using Task = std::function<void()>;

  explicit WorkerPool(std::size_t max_threads) : max_threads_(max_threads == 0 ? 1 : max_threads) {}
  ~WorkerPool() { finish(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Tasks must not throw. False if there is no thread to run it, and none can be made.
  bool submit(Task task);
  /// Whether a task waits for a thread: then a worker should not linger.
  bool crowded() const;
  /// Runs what was submitted to its end, and ends the threads.
  void finish();

 private:
  using Threads = std::list<std::thread>;

  void run(Threads::iterator self);
  void join_ended(std::unique_lock<std::mutex>& lock);

  const std::size_t max_threads_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  Threads threads_;
  Threads ended_;  ///< their last act was to move themselves here
  std::size_t idle_ = 0;
  bool finishing_ = false;
};

}  // namespace partsmith::server
