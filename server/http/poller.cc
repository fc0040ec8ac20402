#include "http/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace partsmith::server {
namespace {

using namespace std::chrono_literals;

/// A client that has just connected may be about to send.
constexpr Connection::Duration silence_of_the_new = 1s;
/// Before a client counts as slow.
constexpr Connection::Duration patience_with_the_slow = 1s;

bool has_descriptors_left() {
  return Descriptor(::eventfd(0, EFD_CLOEXEC)).valid();
}

Descriptor checked(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return Descriptor(fd);
}

}  // namespace

Poller::Poller(Callbacks callbacks, Connection::Duration precision)
    : callbacks_(std::move(callbacks)),
      precision_(precision),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  thread_ = std::thread([this] { run(); });
}

bool Poller::arm(const Connection& connection, void* data) const {
  epoll_event event{};
  // A client that has ended its side may still take an answer.
  event.events = (connection.wants_output() ? EPOLLOUT : EPOLLIN | EPOLLRDHUP) | EPOLLONESHOT;
  event.data.ptr = data;
  // A connection comes back disarmed and mostly still in the set.
  const int fd = connection.socket();
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0 ||
         (errno == ENOENT && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
}

/// Out of the set, or an event could still come for a connection that is somebody else's by then.
void Poller::disarm(const Connection& connection) const {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection.socket(), nullptr);
}

bool Poller::park(Connection& connection, Connection::Clock::time_point deadline) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || !arm(connection, &connection)) return false;
  parked_.emplace(&connection, Parked{.since = Connection::Clock::now(), .deadline = deadline});
  return true;
}

std::optional<Waited> Poller::wait(Connection& connection, Connection::Clock::time_point deadline,
                                   Pace pace) {
  Waiter waiter;
  std::unique_lock lock(mutex_);
  if (stopping_ || !arm(connection, &connection)) return std::nullopt;
  parked_.emplace(&connection, Parked{Connection::Clock::now(), deadline, &waiter, pace});
  waiter.woken.wait(lock, [&] { return waiter.done; });
  return waiter.outcome;
}

void Poller::finish(Waiter& waiter, std::optional<Waited> outcome) {
  waiter.outcome = outcome;
  waiter.done = true;
  waiter.woken.notify_one();
}

void Poller::make_room() {
  {
    const std::lock_guard lock(mutex_);
    room_wanted_ = true;
  }
  wake();
}

void Poller::left() {
  const std::lock_guard lock(mutex_);
  --leaving_;
}

void Poller::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
}

void Poller::wake() const {
  const std::uint64_t one = 1;
  // The only way to fail is a counter at its maximum, and then the thread is awake.
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

void Poller::look_at_wake() {
  std::uint64_t times = 0;
  [[maybe_unused]] const ssize_t read = ::read(wake_.get(), &times, sizeof times);
  bool room_wanted = false;
  {
    const std::lock_guard lock(mutex_);
    room_wanted = std::exchange(room_wanted_, false);
  }
  if (room_wanted && !evict_longest_waiting(false)) evict_slowest();
  mend_shortages();
}

/// Whatever the connection was parked for goes on. Nothing for the late event of a connection that has been
/// given back since, which may not be touched any more.
void Poller::resume(Connection& connection) {
  {
    const std::lock_guard lock(mutex_);
    const auto entry = parked_.find(&connection);
    if (entry == parked_.end()) return;
    Waiter* const waiter = entry->second.waiter;
    parked_.erase(entry);
    if (waiter != nullptr) return finish(*waiter, Waited::ready);
  }
  callbacks_.readable(connection);
}

void Poller::run() {
  std::array<epoll_event, 256> events{};
  auto next_sweep = Connection::Clock::now() + precision_;
  while (true) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   static_cast<int>(precision_.count()));
    bool woken = false;
    for (const epoll_event& event :
         std::span(events).first(count > 0 ? static_cast<std::size_t>(count) : 0)) {
      if (event.data.ptr == nullptr) {
        woken = true;
      } else {
        resume(*static_cast<Connection*>(event.data.ptr));
      }
    }
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    if (woken) look_at_wake();  // after the events: none is left of a connection that goes now
    if (const auto now = Connection::Clock::now(); now >= next_sweep) {
      expire();
      if (!has_descriptors_left() && !evict_longest_waiting(false)) evict_slowest();
      mend_shortages();
      next_sweep = now + precision_;
    }
  }
  Table left;
  {
    const std::lock_guard lock(mutex_);
    left = std::exchange(parked_, {});
    for (const auto& [connection, parked] : left) {
      if (parked.waiter != nullptr) finish(*parked.waiter, std::nullopt);
    }
    std::erase_if(left, [](const auto& entry) { return entry.second.waiter != nullptr; });
  }
  for (const auto& [connection, parked] : left) callbacks_.stopped(*connection);
}

void Poller::expire() {
  std::vector<Connection*> late;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Connection::Clock::now();
    std::erase_if(parked_, [&](const auto& entry) {
      const auto& [connection, parked] = entry;
      if (parked.deadline > now) return false;
      disarm(*connection);
      if (parked.waiter != nullptr) {
        finish(*parked.waiter, Waited::late);
      } else {
        late.push_back(connection);
      }
      return true;
    });
  }
  for (Connection* connection : late) callbacks_.expired(*connection);
}

void Poller::mend_shortages() {
  const Shortage shortage = callbacks_.shortage();
  std::size_t coming = 0;
  {
    const std::lock_guard lock(mutex_);
    coming = leaving_;
  }
  while (coming < shortage.workers && evict_slowest()) ++coming;
  if (!shortage.memory) return;
  evict_longest_waiting(true);
  evict_slowest();
}

/// Of the connections that no thread waits for. False if there is none.
bool Poller::evict_longest_waiting(bool only_heads) {
  Connection* longest = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Connection::Clock::now();
    auto longest_since = Connection::Clock::time_point::max();
    for (const auto& [connection, parked] : parked_) {
      if (parked.waiter != nullptr || (only_heads && !connection->head_started)) continue;
      // What drips in doesn't make a head younger.
      const auto since = connection->head_started.value_or(connection->quiet_since());
      const bool between_requests = connection->consumed() > 0 && !connection->head_started;
      if (!between_requests && now - since < silence_of_the_new) continue;
      if (since >= longest_since) continue;
      if (!connection->head_started && connection->await_input(0ms)) continue;  // it isn't idle any more
      longest = connection;
      longest_since = since;
    }
    if (longest == nullptr) return false;
    disarm(*longest);
    parked_.erase(longest);
  }
  callbacks_.evicted(*longest);
  return true;
}

/// Of the clients that threads have been waiting for, for a second at least. False if there is none.
bool Poller::evict_slowest() {
  const std::lock_guard lock(mutex_);
  const auto now = Connection::Clock::now();
  auto slowest = parked_.end();
  double least = 0;
  for (auto entry = parked_.begin(); entry != parked_.end(); ++entry) {
    const auto& [connection, parked] = *entry;
    if (parked.waiter == nullptr) continue;
    const std::chrono::duration<double> waited = parked.pace.waited + (now - parked.since);
    if (waited < patience_with_the_slow) continue;
    const double rate = static_cast<double>(parked.pace.moved) / waited.count();
    if (slowest != parked_.end() && rate >= least) continue;
    slowest = entry;
    least = rate;
  }
  if (slowest == parked_.end()) return false;
  disarm(*slowest->first);
  finish(*slowest->second.waiter, Waited::crowded_out);
  ++leaving_;
  parked_.erase(slowest);
  return true;
}

}  // namespace partsmith::server
