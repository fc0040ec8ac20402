#pragma once
/// Owns every open connection. Safe from any thread.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "http/connection.h"

namespace partsmith::server {

class ConnectionTable {
 public:
  Connection& add(std::unique_ptr<Connection> connection);
  /// Closes it.
  void remove(Connection& connection);
  /// Ends all waiting on any of them; whoever works on one will remove it.
  void cut_all();

  /// Whether there are fewer than `most` within `limit`, or waiting is over for good.
  bool wait_for_room(std::size_t most, Connection::Duration limit);
  void end_waiting_for_room();
  /// Whether the last one was removed within `limit`.
  bool wait_until_empty(Connection::Duration limit);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<const Connection*, std::unique_ptr<Connection>> connections_;
  bool closing_ = false;
};

}  // namespace partsmith::server
