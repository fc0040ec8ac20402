#include "connection_pool.h"

namespace partsmith::client {

std::unique_ptr<Connection> ConnectionPool::take(const Origin& origin, std::chrono::milliseconds most) {
  while (true) {
    std::unique_ptr<Connection> connection;
    {
      const std::scoped_lock lock(mutex_);
      auto& idle = idle_[origin];
      if (idle.empty()) return nullptr;
      connection = std::move(idle.back());
      idle.pop_back();
    }
    const bool fresh = std::chrono::steady_clock::now() - connection->idle_since < std::min(keep_, most);
    // An idle connection with something to read has ended, or speaks out of turn: neither is of use.
    if (fresh && !connection->wire->has_input()) return connection;
  }
}

void ConnectionPool::give_back(const Origin& origin, std::unique_ptr<Connection> connection) {
  connection->idle_since = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  auto& idle = idle_[origin];
  if (idle.size() < limit_) idle.push_back(std::move(connection));
}

}  // namespace partsmith::client
