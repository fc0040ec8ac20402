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

bool Poller::park(Connection& connection, Connection::Clock::time_point deadline) {
  epoll_event event{};
  event.events = (connection.wants_output() ? EPOLLOUT : EPOLLIN) | EPOLLRDHUP | EPOLLONESHOT;
  event.data.ptr = &connection;
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  // A connection comes back disarmed and mostly still in the set.
  const int fd = connection.socket();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0) {
    if (errno != ENOENT || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return false;
  }
  parked_.emplace(&connection, Parked{Connection::Clock::now(), deadline});
  return true;
}

void Poller::make_room() {
  {
    const std::lock_guard lock(mutex_);
    room_wanted_ = true;
  }
  wake();
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
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(room_wanted_, false)) return;
  }
  expire_longest_idle();
}

/// Whether the connection was parked; from now on it is the caller's. Also false for the late event of a
/// connection that has been given back since, which may not be touched any more.
bool Poller::take(Connection& connection) {
  const std::lock_guard lock(mutex_);
  return parked_.erase(&connection) > 0;
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
        continue;
      }
      auto& connection = *static_cast<Connection*>(event.data.ptr);
      if (take(connection)) callbacks_.readable(connection);
    }
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    if (woken) look_at_wake();  // after the events: none is left of a connection that goes now
    if (const auto now = Connection::Clock::now(); now >= next_sweep) {
      expire();
      if (!has_descriptors_left()) expire_longest_idle();
      next_sweep = now + precision_;
    }
  }
  for (const auto& [connection, parked] : std::exchange(parked_, {})) callbacks_.stopped(*connection);
}

void Poller::expire() {
  std::vector<Connection*> late;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Connection::Clock::now();
    std::erase_if(parked_, [&](const auto& entry) {
      if (entry.second.deadline > now) return false;
      // Out of the set, or an event could still come for a connection that is somebody else's by then.
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry.first->socket(), nullptr);
      late.push_back(entry.first);
      return true;
    });
  }
  for (Connection* connection : late) callbacks_.expired(*connection);
}

void Poller::expire_longest_idle() {
  Connection* longest = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Connection::Clock::now();
    auto since = Connection::Clock::time_point::max();
    for (const auto& [connection, parked] : parked_) {
      const bool idle = !connection->head_started && !connection->shaking_hands() &&
                        (connection->consumed() > 0 || now - parked.since >= silence_of_the_new);
      if (!idle || parked.since >= since || connection->await_input(0ms)) continue;
      longest = connection;
      since = parked.since;
    }
    if (longest == nullptr) return;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, longest->socket(), nullptr);
    parked_.erase(longest);
  }
  callbacks_.expired(*longest);
}

}  // namespace partsmith::server
