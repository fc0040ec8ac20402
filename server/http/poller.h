#pragma once
/// Where connections wait: between two requests, while a head is still arriving, before they are closed, and
/// for slow clients in the middle of a request or an answer. An epoll set and one thread for all of them, so
/// that an idle connection costs a descriptor and no thread. Knows who makes room for others. Safe from any
/// thread.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "http/connection.h"
#include "http/descriptor.h"

namespace partsmith::server {

class Poller {
 public:
  /// What others need, as the poller asks from time to time.
  struct Shortage {
    std::size_t workers = 0;  ///< tasks that no thread is left for: so many waiting ones must come back
    bool memory = false;
  };
  struct Callbacks {
    std::function<void(Connection&)> readable;  ///< something arrived, or the connection ended
    std::function<void(Connection&)> expired;   ///< nothing came before the deadline
    std::function<void(Connection&)> evicted;   ///< its room is wanted
    std::function<void(Connection&)> stopped;   ///< the poller stops
    std::function<Shortage()> shortage;
  };

  /// Throws std::system_error if the system has no descriptors or threads left. Deadlines are kept to about
  /// `precision`.
  Poller(Callbacks callbacks, Connection::Duration precision);
  ~Poller() { stop(); }
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Gives the connection away until one of the callbacks gives it back, from the poller's thread. False, and
  /// nothing given away, once the poller stops or the system refuses.
  bool park(Connection& connection, Connection::Clock::time_point deadline);
  /// Blocks the calling thread until the client goes on. Nothing if the poller stops or the system refuses.
  std::optional<Waited> wait(Connection& connection, Connection::Clock::time_point deadline, Pace pace);

  /// Soon evicts the connection that has been waiting for longest, if there is one: between two requests, or
  /// new and silent, or in the middle of a head, for a second. If there is none, the slowest of those that
  /// wait in the middle of a request. The poller does so by itself while the system has no descriptors left.
  void make_room();
  /// Soon asks for shortages, and evicts the slowest clients.
  void look_at_shortages() { wake(); }
  /// A client that was crowded out of wait() has gone, and its thread is free: until then nobody else goes
  /// for it.
  void left();
  /// Gives back every connection through `stopped`, and ends the thread.
  void stop();

 private:
  /// A thread that waits for a client. Lives on that thread's stack, and is touched under the lock alone.
  struct Waiter {
    std::condition_variable woken{};
    bool done = false;
    std::optional<Waited> outcome{};
  };
  struct Parked {
    Connection::Clock::time_point since;
    Connection::Clock::time_point deadline;
    Waiter* waiter = nullptr;
    Pace pace{};
  };
  using Table = std::unordered_map<Connection*, Parked>;

  void run();
  void wake() const;
  void look_at_wake();
  bool arm(const Connection& connection, void* data) const;
  void disarm(const Connection& connection) const;
  static void finish(Waiter& waiter, std::optional<Waited> outcome);
  void resume(Connection& connection);
  void expire();
  void mend_shortages();
  bool evict_longest_waiting(bool only_heads);
  bool evict_slowest();

  const Callbacks callbacks_;
  const Connection::Duration precision_;
  Descriptor epoll_;
  Descriptor wake_;
  std::mutex mutex_;
  Table parked_;
  bool stopping_ = false;
  bool room_wanted_ = false;
  std::size_t leaving_ = 0;  ///< crowded out, and not gone yet
  std::thread thread_;
};

}  // namespace partsmith::server
