#pragma once
/// The listening socket and the thread that accepts, both cpp-httplib's, without its HTTP: listener.cc says
/// why.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "http/descriptor.h"

namespace partsmith::server {

class Listener {
 public:
  struct Callbacks {
    std::function<void(Descriptor)> accepted;  ///< on the accepting thread
    std::function<void()> before_next;         ///< may block to leave further clients in the backlog
  };

  explicit Listener(Callbacks callbacks);
  ~Listener();  ///< stops
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The port that it listens on, or one line that says why it does not.
  std::expected<std::uint16_t, std::string> start(const std::string& host, std::uint16_t port);
  /// Whether a client is in the backlog.
  bool client_waits() const;
  /// Accepts nothing any more. `before_next` must not block by then.
  void stop();

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace partsmith::server
