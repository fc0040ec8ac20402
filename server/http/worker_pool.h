#pragma once
/// Threads that run tasks: a few at rest, more under load. Of all threads only so many work at once; one
/// whose task waits for something else gives its place to another meanwhile. Safe from any thread.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "http/message.h"

namespace partsmith::server {

class WorkerPool final : public Place {
 public:
  using Task = std::function<void()>;

  /// `most_working`: threads that work at once. `most_away`: further ones, whose tasks wait.
  WorkerPool(std::size_t most_working, std::size_t most_away)
      : most_working_(most_working == 0 ? 1 : most_working), most_threads_(most_working_ + most_away) {}
  ~WorkerPool() override { finish(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Tasks must not throw. False if there is no thread to run it, and none can be made.
  bool submit(Task task);
  /// Whether a task waits for a thread: then a worker should not linger.
  bool crowded() const;
  /// How many tasks wait though others could work: all threads there can be are away. Some must come back.
  std::size_t starving() const;
  /// Runs what was submitted to its end, and ends the threads.
  void finish();

  // A task's own thread calls these, in turn.
  void leave() override;
  void take_again() override;
  /// In the middle of a long task: if another waits for a thread it comes first. Costs nothing while none
  /// waits.
  void make_way();

 private:
  using Threads = std::list<std::thread>;

  void run(Threads::iterator self);
  bool has_place() const { return working_ + returning_ < most_working_; }
  bool start_thread();
  void offer_place();
  void go_away();
  void come_back(std::unique_lock<std::mutex>& lock);
  void join_ended(std::unique_lock<std::mutex>& lock);

  const std::size_t most_working_;
  const std::size_t most_threads_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable place_is_free_;
  std::condition_variable patience_is_over_;
  std::deque<Task> tasks_;
  std::atomic<std::size_t> waiting_tasks_ = 0;  ///< the size of tasks_, to be read without the lock
  Threads threads_;
  Threads ended_;  ///< their last act was to move themselves here
  std::size_t starting_ = 0;  ///< made for a task, and not begun yet
  std::size_t idle_ = 0;
  std::size_t working_ = 0;
  std::size_t away_ = 0;
  std::size_t returning_ = 0;  ///< these come before new tasks
  std::size_t patient_ = 0;    ///< made way, and come after new tasks
  bool finishing_ = false;
};

}  // namespace partsmith::server
