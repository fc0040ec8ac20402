#include "md5_lanes.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <partsmith/values/limits.h>

namespace partsmith::server {
namespace {

/// Less is digested in the time that meeting others takes.
constexpr std::size_t least_run = 32 * limits::kib;
/// The most that a connection reads at once. Nobody waits for the rest of something larger.
constexpr std::size_t most_run = 256 * limits::kib;
/// Nobody joins a line that is long enough.
constexpr std::size_t most_in_line = static_cast<std::size_t>(Md5Width::eight);
constexpr std::uint64_t least_doubt = 1;
constexpr std::uint64_t most_doubt = 64;

}  // namespace

Md5Lanes::Md5Lanes(Options options)
    : options_(options), most_wanted_(static_cast<std::size_t>(options.width)) {
  line_.reserve(most_in_line);
}

unsigned Md5Lanes::usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
}

/// As many runs as make a round: the uploads that share a processor.
std::size_t Md5Lanes::wanted() const {
  const std::size_t arriving = arriving_;
  const std::size_t half = std::max<std::size_t>(options_.processors / 2, 1);
  return std::min((arriving + half - 1) / half, most_wanted_.load());
}

void Md5Lanes::Upload::update(ByteView bytes) {
  if (bytes.size() < least_run || bytes.size() > most_run) return stream_.update(bytes);
  if (!arriving_) {
    arriving_ = true;
    ++lanes_->arriving_;
  }
  const Md5Stream::Run run{&stream_, bytes};
  if (lanes_->wanted() < 2) {
    lanes_->digest_alone(run);
  } else {
    lanes_->share(run);
  }
}

Md5 Md5Lanes::Upload::finish() {
  leave();
  return stream_.finish();
}

void Md5Lanes::Upload::leave() {
  if (std::exchange(arriving_, false)) lanes_->upload_left();
}

void Md5Lanes::digest_alone(const Md5Stream::Run& run) {
  run.stream->update(run.bytes);
  ++alone_;
  if (rounds_to_retry_ == 0) return;
  const std::lock_guard lock(mutex_);
  count_round();
}

/// Whoever completes a round digests it for all; so does whoever has waited long enough, for those that are
/// there.
void Md5Lanes::share(const Md5Stream::Run& run) {
  Waiter waiter{run};
  std::unique_lock lock(mutex_);
  line_.push_back(&waiter);
  waiting_ = line_.size();
  if (line_.size() >= wanted()) return lead(lock);
  const auto has_come = [&] { return waiter.state != Waiter::State::in_line; };
  if (!waiter.woken.wait_for(lock, options_.patience, has_come)) {
    expect_fewer();
    return lead(lock);
  }
  if (waiter.state == Waiter::State::leads) return lead(lock);
  waiter.woken.wait(lock, [&] { return waiter.state == Waiter::State::done; });
}

/// All in line, of whom the caller is one. It throws nothing: others wait for it.
void Md5Lanes::lead(std::unique_lock<std::mutex>& lock) noexcept {
  std::array<Waiter*, most_in_line> round{};
  std::array<Md5Stream::Run, most_in_line> runs{};
  const std::size_t count = line_.size();
  for (std::size_t i = 0; i < count; ++i) {
    round[i] = line_[i];
    round[i]->state = Waiter::State::taken;
    runs[i] = round[i]->run;
  }
  line_.clear();
  waiting_ = 0;
  lock.unlock();
  Md5Stream::update_together(std::span(runs).first(count), options_.width);
  (count > 1 ? together_ : alone_) += count;
  lock.lock();
  count_round();
  for (Waiter* waiter : std::span(round).first(count)) {
    waiter->state = Waiter::State::done;
    waiter->woken.notify_one();
  }
}

/// Some uploads arrive more slowly than others, and waiting for them holds the others up: one fewer is
/// expected, half as many where nobody came. After some rounds one more is, and when that fails, after twice
/// as many.
void Md5Lanes::expect_fewer() {
  ++waits_in_vain_;
  const std::size_t expected = wanted();
  most_wanted_ = std::max<std::size_t>(line_.size() == 1 ? expected / 2 : expected - 1, 1);
  rounds_of_doubt_ =
      std::exchange(retrying_, false) ? std::min(2 * rounds_of_doubt_, most_doubt) : least_doubt;
  rounds_to_retry_ = rounds_of_doubt_;
}

void Md5Lanes::count_round() {
  if (std::exchange(retrying_, false)) rounds_of_doubt_ = least_doubt;
  if (rounds_to_retry_ == 0 || --rounds_to_retry_ > 0) return;
  retrying_ = true;
  if (++most_wanted_ < static_cast<std::size_t>(options_.width)) rounds_to_retry_ = rounds_of_doubt_;
}

/// The others wait for it no more.
void Md5Lanes::upload_left() {
  if (--arriving_ == 0) return;
  const std::lock_guard lock(mutex_);
  if (line_.empty() || line_.size() < wanted()) return;
  line_.front()->state = Waiter::State::leads;
  line_.front()->woken.notify_one();
}

}  // namespace partsmith::server
