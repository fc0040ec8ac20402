#pragma once
/// Where connections wait between two requests, and while a head is still arriving: an epoll set and one
/// thread for all of them, so that an idle connection costs a descriptor and no thread. Safe from any thread.

#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "http/connection.h"
#include "http/descriptor.h"

namespace partsmith::server {

class Poller {
 public:
  struct Callbacks {
    std::function<void(Connection&)> readable;  ///< something arrived, or the connection ended
    std::function<void(Connection&)> expired;   ///< nothing came before the deadline, or its room is wanted
    std::function<void(Connection&)> stopped;   ///< the poller stops
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
  /// Soon expires the connection that has been idle for longest, if there is one: between two requests, or
  /// new and silent for a second. The poller does so by itself while the system has no descriptors left.
  void make_room();
  /// Gives back every connection through `stopped`, and ends the thread.
  void stop();

 private:
  struct Parked {
    Connection::Clock::time_point since;
    Connection::Clock::time_point deadline;
  };

  void run();
  void wake() const;
  void look_at_wake();
  bool take(Connection& connection);
  void expire();
  void expire_longest_idle();

  const Callbacks callbacks_;
  const Connection::Duration precision_;
  Descriptor epoll_;
  Descriptor wake_;
  std::mutex mutex_;
  std::unordered_map<Connection*, Parked> parked_;
  bool stopping_ = false;
  bool room_wanted_ = false;
  std::thread thread_;
};

}  // namespace partsmith::server
