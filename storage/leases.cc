#include "leases.h"

namespace partsmith::storage {

std::uint64_t Leases::begin_opening() {
  const std::scoped_lock lock(mutex_);
  openings_.insert(++sequence_);
  return sequence_;
}

void Leases::end_opening(std::uint64_t number) {
  const std::scoped_lock lock(mutex_);
  openings_.erase(number);
  forget_old_ends();
}

void Leases::forget_old_ends() {
  while (!ends_in_order_.empty()) {
    const auto [when, manifest] = ends_in_order_.front();
    if (!openings_.empty() && *openings_.begin() <= when) return;
    ended_.erase(manifest);
    ends_in_order_.pop_front();
  }
}

bool Leases::hold(const Opening& opening, ManifestId manifest) {
  std::unique_lock lock(mutex_);
  decided_.wait(lock, [&] { return !ending_.contains(manifest); });
  if (opening.number_ <= last_stale_) return false;
  const auto ended = ended_.find(manifest);
  if (ended != ended_.end() && ended->second >= opening.number_) return false;
  ++held_[manifest];
  return true;
}

bool Leases::is_stale(std::uint64_t opening) const {
  const std::scoped_lock lock(mutex_);
  return opening <= last_stale_;
}

void Leases::start_anew() {
  const std::scoped_lock lock(mutex_);
  last_stale_ = ++sequence_;
  held_.clear();
  set_aside_.clear();
}

bool Leases::drop(std::uint64_t opening, ManifestId manifest) {
  const std::scoped_lock lock(mutex_);
  if (opening <= last_stale_) return false;
  const auto held = held_.find(manifest);
  if (--held->second > 0) return false;
  held_.erase(held);
  return set_aside_.erase(manifest) > 0;
}

bool Leases::end(ManifestId manifest) {
  const std::scoped_lock lock(mutex_);
  if (held_.contains(manifest)) return false;
  ending_.insert(manifest);
  return true;
}

void Leases::resolve(std::span<const ManifestId> manifests, bool committed) {
  if (manifests.empty()) return;
  {
    const std::scoped_lock lock(mutex_);
    for (const ManifestId manifest : manifests) {
      ending_.erase(manifest);
      if (!committed) continue;
      ended_.emplace(manifest, sequence_);
      ends_in_order_.emplace_back(sequence_, manifest);
    }
    forget_old_ends();
  }
  decided_.notify_all();
}

bool Leases::mark_released(ManifestId manifest) {
  const std::scoped_lock lock(mutex_);
  if (!held_.contains(manifest)) return true;
  set_aside_.insert(manifest);
  return false;
}

}  // namespace partsmith::storage
