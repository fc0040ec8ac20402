#include "http/edge.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include "http/connection_table.h"
#include "http/conversation.h"
#include "http/listener.h"
#include "http/poller.h"
#include "http/worker_pool.h"

namespace partsmith::server {
namespace {

using namespace std::chrono_literals;

/// A client that has its answer mostly asks again at once: waiting this long on the worker saves two thread
/// switches.
constexpr Connection::Duration lingering = 2ms;
/// At how many connections there are, and whether another client waits.
constexpr Connection::Duration between_looks = 10ms;

Connection::Duration precision_of(const EdgeOptions& options) {
  const auto shortest =
      std::min({options.read_timeout, options.idle_timeout, options.rate_window, options.farewell});
  return std::clamp<Connection::Duration>(shortest / 8, 5ms, 250ms);
}

/// No more than the system gives descriptors for, less a quarter for the files that requests open.
std::size_t most_connections(std::size_t wanted) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
  return std::clamp<std::size_t>(files.rlim_cur / 4 * 3, 1, std::max<std::size_t>(wanted, 1));
}

}  // namespace

/// A connection is always with exactly one of: the accepting thread, the poller, a worker, which may be
/// waiting for its client in the poller. The table owns it, and it is removed by whoever has it.
class HttpEdge::Impl final : SlowClients {
 public:
  Impl(EdgeOptions options, Handlers handlers)
      : options_(std::move(options)),
        handlers_(std::move(handlers)),
        memory_(options_.memory == nullptr ? unbounded_ : *options_.memory),
        most_connections_(most_connections(options_.max_connections)),
        workers_(options_.max_threads, options_.max_waiting),
        conversation_(options_, handlers_, memory_, workers_, stopping_),
        listener_({.accepted = [this](Descriptor socket) { accept(std::move(socket)); },
                   .before_next = [this] { make_room(); }}) {}

  std::expected<void, std::string> start() {
    try {
      poller_.emplace(
          Poller::Callbacks{.readable = [this](Connection& connection) { hand_to_worker(connection); },
                            .expired = [this](Connection& connection) { expire(connection); },
                            .evicted = [this](Connection& connection) { table_.remove(connection); },
                            .stopped = [this](Connection& connection) { table_.remove(connection); },
                            .shortage = [this] { return shortage(); }},
          precision_of(options_));
      const auto port = listener_.start(options_.host, options_.port);
      if (!port) return std::unexpected(port.error());
      port_ = *port;
      return {};
    } catch (const std::system_error& error) {
      return std::unexpected(fmt::format("cannot start the server: {}", error.what()));
    }
  }

  std::uint16_t port() const { return port_; }

  void stop(std::chrono::milliseconds grace) {
    stopping_ = true;
    table_.end_waiting_for_room();
    listener_.stop();
    if (poller_) poller_->stop();
    if (!table_.wait_until_empty(grace)) table_.cut_all();
    workers_.finish();
  }

 private:
  void accept(Descriptor socket) noexcept {
    try {
      Connection& connection = table_.add(std::make_unique<Connection>(
          std::move(socket), options_.tls.get(), static_cast<SlowClients&>(*this), memory_));
      park(connection);
    } catch (const std::bad_alloc&) {
      // The descriptor closes itself: this client is refused, and the next may find memory.
    }
  }

  /// Before the next client is accepted. Of idle connections the one that is idle for longest makes room.
  void make_room() {
    while (!table_.wait_for_room(most_connections_, between_looks)) {
      if (listener_.client_waits()) poller_->make_room();
    }
  }

  Poller::Shortage shortage() {
    return {.workers = workers_.starving(), .memory = memory_.take_shortages() > 0};
  }

  std::optional<Waited> wait(Connection& connection, Connection::Clock::time_point deadline,
                             Pace pace) override {
    const Away away(&workers_);
    const auto waited = poller_->wait(connection, deadline, pace);
    if (waited == Waited::crowded_out) connection.crowded_out = true;
    return waited;
  }

  void make_way() override { workers_.make_way(); }

  void hand_to_worker(Connection& connection) noexcept {
    bool taken = false;
    try {
      taken = workers_.submit([this, &connection] { work(connection); });
    } catch (const std::bad_alloc&) {
      // Closed below.
    }
    if (!taken) return table_.remove(connection);
    if (workers_.starving() > 0) poller_->look_at_shortages();
  }

  void work(Connection& connection) {
    while (go_on(connection) == Conversation::Next::wait) {
      const bool between_requests = !connection.closes_at && !connection.head_started;
      const bool stay = between_requests && !stopping_ && !workers_.crowded();
      if (stay && connection.await_input(lingering)) continue;
      park(connection);
      return;
    }
    table_.remove(connection);
  }

  Conversation::Next go_on(Connection& connection) {
    const auto next = conversation_.go_on(connection);
    if (std::exchange(connection.crowded_out, false)) poller_->left();
    return next;
  }

  void park(Connection& connection) noexcept {
    connection.release_buffer();
    bool parked = false;
    try {
      parked = poller_->park(connection, deadline_of(connection));
    } catch (const std::bad_alloc&) {
      // Closed below.
    }
    if (!parked) table_.remove(connection);
  }

  Connection::Clock::time_point deadline_of(const Connection& connection) const {
    if (connection.closes_at) return *connection.closes_at;
    if (connection.head_started) return *connection.head_started + options_.read_timeout;
    return Connection::Clock::now() + options_.idle_timeout;
  }

  void expire(Connection& connection) {
    if (connection.closes_at || connection.buffered().empty()) {
      table_.remove(connection);
    } else {
      hand_to_worker(connection);  // which sees that it is late
    }
  }

  const EdgeOptions options_;
  const Handlers handlers_;
  MemoryBudget unbounded_{std::numeric_limits<std::size_t>::max() / 2};
  MemoryBudget& memory_;
  std::atomic<bool> stopping_ = false;
  const std::size_t most_connections_;
  std::uint16_t port_ = 0;
  ConnectionTable table_;
  std::optional<Poller> poller_;
  WorkerPool workers_;
  const Conversation conversation_;
  Listener listener_;
};

HttpEdge::HttpEdge(EdgeOptions options, Handlers handlers)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handlers))) {}

HttpEdge::~HttpEdge() {
  stop(std::chrono::milliseconds(0));
}

std::expected<void, std::string> HttpEdge::start() {
  return impl_->start();
}

std::uint16_t HttpEdge::port() const {
  return impl_->port();
}

void HttpEdge::stop(std::chrono::milliseconds grace) {
  impl_->stop(grace);
}

}  // namespace partsmith::server
