#include "memory_budget.h"

#include <utility>

namespace partsmith::server {

MemoryBudget::Reservation::Reservation(Reservation&& other) noexcept
    : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}

MemoryBudget::Reservation& MemoryBudget::Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    release();
    budget_ = other.budget_;
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

bool MemoryBudget::Reservation::grow_to(std::size_t bytes) {
  if (bytes <= bytes_) return true;
  if (budget_ == nullptr || !budget_->take(bytes - bytes_)) return false;
  bytes_ = bytes;
  return true;
}

void MemoryBudget::Reservation::shrink_to(std::size_t bytes) {
  if (bytes >= bytes_) return;
  budget_->give_back(bytes_ - bytes);
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

bool MemoryBudget::take(std::size_t bytes) {
  std::size_t used = used_;
  do {
    if (bytes != 0 && (used > limit_ || bytes > limit_ - used)) {
      ++shortages_;
      return false;
    }
  } while (!used_.compare_exchange_weak(used, used + bytes));
  return true;
}

/// Either whoever begins to wait sees what is given back here, or is seen in line.
void MemoryBudget::give_back(std::size_t bytes) {
  used_ -= bytes;
  if (waiting_ == 0) return;
  const std::lock_guard lock(mutex_);
  serve_line();
}

}  // namespace partsmith::server
