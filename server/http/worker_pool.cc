#include "http/worker_pool.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace partsmith::server {
namespace {

constexpr std::size_t threads_at_rest = 4;
constexpr std::chrono::seconds longest_rest{10};
/// Of a long task that has made way, while others keep coming.
constexpr std::chrono::milliseconds longest_patience{100};

}  // namespace

bool WorkerPool::submit(Task task) {
  std::unique_lock lock(mutex_);
  join_ended(lock);
  tasks_.push_back(std::move(task));
  waiting_tasks_ = tasks_.size();
  if (idle_ >= tasks_.size()) {
    wake_.notify_one();
    return true;
  }
  if (start_thread() || !threads_.empty()) return true;
  tasks_.pop_back();
  waiting_tasks_ = tasks_.size();
  return false;
}

/// If another may work, and the system has one.
bool WorkerPool::start_thread() {
  if (finishing_ || threads_.size() - away_ >= most_working_ || threads_.size() >= most_threads_)
    return false;
  const auto self = threads_.emplace(threads_.end());
  try {
    *self = std::thread([this, self] { run(self); });
    ++starting_;
  } catch (const std::system_error&) {
    threads_.erase(self);
    return false;
  }
  return true;
}

bool WorkerPool::crowded() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size() > idle_;
}

std::size_t WorkerPool::starving() const {
  const std::lock_guard lock(mutex_);
  const std::size_t present = threads_.size() - away_;
  const std::size_t coming = idle_ + starting_;
  if (tasks_.size() <= coming || present >= most_working_) return 0;
  return std::min({tasks_.size() - coming, most_working_ - present, away_});
}

void WorkerPool::run(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  --starting_;
  const auto has_work = [this] { return !tasks_.empty() && has_place(); };
  while (true) {
    if (has_work()) {
      const Task task = std::exchange(tasks_.front(), {});
      tasks_.pop_front();
      waiting_tasks_ = tasks_.size();
      ++working_;
      lock.unlock();
      task();
      lock.lock();
      --working_;
      offer_place();
      continue;
    }
    if (finishing_) return;  // what is left is done by those who have the places
    ++idle_;
    const bool woken = wake_.wait_for(lock, longest_rest, [&] { return finishing_ || has_work(); });
    --idle_;
    if (!woken && tasks_.empty() && threads_.size() > threads_at_rest) {
      ended_.splice(ended_.end(), threads_, self);
      return;
    }
  }
}

/// A thread has just given up its place, and takes no task itself if it is away.
void WorkerPool::offer_place() {
  if (returning_ > 0) {
    place_is_free_.notify_one();
  } else if (tasks_.empty() && patient_ > 0) {
    patience_is_over_.notify_one();
  }
}

void WorkerPool::go_away() {
  --working_;
  ++away_;
  offer_place();
  if (returning_ > 0 || tasks_.empty()) return;
  if (idle_ > 0) {
    wake_.notify_one();
  } else {
    start_thread();
  }
}

void WorkerPool::leave() {
  const std::lock_guard lock(mutex_);
  go_away();
}

void WorkerPool::take_again() {
  std::unique_lock lock(mutex_);
  come_back(lock);
}

void WorkerPool::come_back(std::unique_lock<std::mutex>& lock) {
  --away_;
  ++returning_;
  place_is_free_.wait(lock, [this] { return working_ < most_working_; });
  --returning_;
  ++working_;
}

void WorkerPool::make_way() {
  if (waiting_tasks_ == 0) return;
  std::unique_lock lock(mutex_);
  const bool somebody_can_work = idle_ > 0 || threads_.size() < most_threads_;
  if (tasks_.size() <= idle_ || working_ < most_working_ || !somebody_can_work) return;
  go_away();
  ++patient_;
  patience_is_over_.wait_for(lock, longest_patience, [this] { return tasks_.empty() && has_place(); });
  --patient_;
  come_back(lock);
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
