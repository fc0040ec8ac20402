#include "http/connection_table.h"

#include <utility>

namespace partsmith::server {

Connection& ConnectionTable::add(std::unique_ptr<Connection> connection) {
  Connection& added = *connection;
  const std::lock_guard lock(mutex_);
  connections_.emplace(&added, std::move(connection));
  return added;
}

void ConnectionTable::remove(Connection& connection) {
  // Closed under the lock: cut_all must not meet a descriptor that is somebody else's already.
  const std::lock_guard lock(mutex_);
  connections_.erase(&connection);
  changed_.notify_all();
}

void ConnectionTable::cut_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [connection, owner] : connections_) connection->cut();
}

bool ConnectionTable::wait_for_room(std::size_t most, Connection::Duration limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return closing_ || connections_.size() < most; });
}

void ConnectionTable::end_waiting_for_room() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  changed_.notify_all();
}

bool ConnectionTable::wait_until_empty(Connection::Duration limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return connections_.empty(); });
}

}  // namespace partsmith::server
