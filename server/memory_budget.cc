#include "memory_budget.h"

#include <utility>

namespace partsmith::server {

MemoryBudget::Reservation::Reservation(Reservation&& other) noexcept
    : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)), waits_(other.waits_) {}

MemoryBudget::Reservation& MemoryBudget::Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    release();
    budget_ = other.budget_;
    bytes_ = std::exchange(other.bytes_, 0);
    waits_ = other.waits_;
  }
  return *this;
}

bool MemoryBudget::Reservation::grow_to(std::size_t bytes) {
  if (bytes <= bytes_) return true;
  if (budget_ == nullptr || !budget_->take(bytes - bytes_, waits_)) return false;
  bytes_ = bytes;
  return true;
}

void MemoryBudget::Reservation::shrink_to(std::size_t bytes) {
  if (bytes >= bytes_) return;
  budget_->give_back(bytes_ - bytes, waits_);
  bytes_ = bytes;
}

std::optional<MemoryBudget::Reservation> MemoryBudget::reserve(std::size_t bytes) {
  if (!take(bytes)) return std::nullopt;
  return Reservation(*this, bytes);
}

std::optional<MemoryBudget::Reservation> MemoryBudget::reserve(std::size_t bytes,
                                                               std::chrono::milliseconds patience) {
  if (auto reserved = reserve(bytes)) return reserved;
  if (bytes > limit_) return std::nullopt;
  Waiter waiter{bytes};
  std::unique_lock lock(mutex_);
  const auto place = line_.insert(line_.end(), &waiter);
  ++waiting_;
  serve_line();
  if (!waiter.woken.wait_for(lock, patience, [&] { return waiter.served; })) {
    line_.erase(place);
    --waiting_;
    return std::nullopt;
  }
  return Reservation(*this, bytes);
}

/// Whoever has waited for longest comes first.
void MemoryBudget::serve_line() {
  while (!line_.empty() && take(line_.front()->bytes)) {
    line_.front()->served = true;
    line_.front()->woken.notify_one();
    line_.pop_front();
    --waiting_;
  }
}

MemoryBudget::Reservation MemoryBudget::insist(std::size_t bytes) {
  if (used_.fetch_add(bytes) + bytes > limit_) ++shortages_;
  return {*this, bytes};
}

bool MemoryBudget::take_of(std::atomic<std::size_t>& used, std::size_t bytes, std::size_t limit) {
  std::size_t before = used;
  do {
    if (bytes != 0 && (before > limit || bytes > limit - before)) return false;
  } while (!used.compare_exchange_weak(before, before + bytes));
  return true;
}

bool MemoryBudget::take(std::size_t bytes, bool waits) {
  if (!waits || take_of(held_by_waiting_, bytes, limit_ / 3)) {
    if (take_of(used_, bytes, limit_)) return true;
    if (waits) held_by_waiting_ -= bytes;
  }
  ++shortages_;
  return false;
}

/// Either whoever begins to wait sees what is given back here, or is seen in line.
void MemoryBudget::give_back(std::size_t bytes, bool waits) {
  if (waits) held_by_waiting_ -= bytes;
  used_ -= bytes;
  if (waiting_ == 0) return;
  const std::lock_guard lock(mutex_);
  serve_line();
}

}  // namespace partsmith::server
