#include "http/worker_pool.h"

#include <chrono>
#include <system_error>
#include <utility>

namespace partsmith::server {
namespace {

constexpr std::size_t threads_at_rest = 4;
constexpr std::chrono::seconds longest_rest{10};

}  // namespace

bool WorkerPool::submit(Task task) {
  std::unique_lock lock(mutex_);
  join_ended(lock);
  tasks_.push_back(std::move(task));
  if (idle_ >= tasks_.size()) {
    wake_.notify_one();
    return true;
  }
  if (threads_.size() >= max_threads_) return true;
  const auto self = threads_.emplace(threads_.end());
  try {
    *self = std::thread([this, self] { run(self); });
  } catch (const std::system_error&) {
    threads_.erase(self);
    if (threads_.empty()) {
      tasks_.pop_back();
      return false;
    }
  }
  return true;
}

bool WorkerPool::crowded() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size() > idle_;
}

void WorkerPool::run(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (!tasks_.empty()) {
      const Task task = std::exchange(tasks_.front(), {});
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
      continue;
    }
    if (finishing_) return;
    ++idle_;
    const bool woken = wake_.wait_for(lock, longest_rest, [this] { return finishing_ || !tasks_.empty(); });
    --idle_;
    if (!woken && threads_.size() > threads_at_rest) {
      ended_.splice(ended_.end(), threads_, self);
      return;
    }
  }
}

void WorkerPool::join_ended(std::unique_lock<std::mutex>& lock) {
  if (ended_.empty()) return;
  Threads ended = std::exchange(ended_, {});
  lock.unlock();
  for (std::thread& thread : ended) thread.join();
  lock.lock();
}

void WorkerPool::finish() {
  Threads running;
  {
    std::unique_lock lock(mutex_);
    finishing_ = true;
    wake_.notify_all();
    join_ended(lock);
    running = std::exchange(threads_, {});
  }
  for (std::thread& thread : running) thread.join();
}

}  // namespace partsmith::server
