#pragma once
/// Connections between requests.

#include <map>
#include <mutex>
#include <vector>

#include "answer_reader.h"
#include "wire.h"

namespace partsmith::client {

struct Connection {
  explicit Connection(std::unique_ptr<Wire> connected) : wire(std::move(connected)), reader(*wire) {}

  std::unique_ptr<Wire> wire;
  AnswerReader reader;
  Instant idle_since{};
};

/// Safe from any thread.
class ConnectionPool {
 public:
  explicit ConnectionPool(const HttpOptions& options)
      : keep_(options.keep_alive), limit_(options.max_idle_connections) {}

  /// One that is idle, for no longer than `most`, and still open; or null.
  std::unique_ptr<Connection> take(const Origin& origin,
                                   std::chrono::milliseconds most = std::chrono::milliseconds::max());
  void give_back(const Origin& origin, std::unique_ptr<Connection> connection);

 private:
  std::chrono::milliseconds keep_;
  std::size_t limit_;
  std::mutex mutex_;
  std::map<Origin, std::vector<std::unique_ptr<Connection>>> idle_;  ///< guarded by mutex_
};

}  // namespace partsmith::client
