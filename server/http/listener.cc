#include "http/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "http/httplib_compat.h"

namespace partsmith::server {
namespace {

// The library's own backlog of 5 makes clients that come at once wait a second for their retry.
constexpr int backlog = 4096;
constexpr std::chrono::milliseconds pause_after_failure{10};

/// SO_REUSEADDR alone: the library's default adds SO_REUSEPORT, and a second server on the port would start
/// unnoticed.
void set_options(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

/// Why binding failed: the library keeps errno, but not why a name was not resolved.
std::string reason(const std::string& host, int error) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int result = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); result != 0)
    return ::gai_strerror(result);
  ::freeaddrinfo(found);
  return error == 0 ? "the address cannot be used" : std::generic_category().message(error);
}

std::uint16_t bound_port(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, &storage, sizeof address);
    return ntohs(address.sin6_port);
  }
  sockaddr_in address{};
  std::memcpy(&address, &storage, sizeof address);
  return ntohs(address.sin_port);
}

/// The library resolves, binds and accepts. Its process_request is not called: no version can be given S3's
/// requests unharmed, and what would be left for it is the framing of bodies, where its chunked decoder takes
/// "-1" and "0x5" for sizes, calls a body whole whose chunk does not end with CRLF (0.11) or whose last line
/// is missing (0.18), and copies through 4 KiB pieces. body.cc reads bodies strictly and without a copy.
class Acceptor final : public httplib::Server {
 public:
  explicit Acceptor(const Listener::Callbacks& callbacks) : callbacks_(callbacks) {
    set_socket_options(set_options);
    set_tcp_nodelay(true);  // accepted sockets inherit it
    new_task_queue = [this] { return new httplib_compat::InlineQueue(callbacks_.before_next); };
  }

  /// The listening socket, which is the acceptor's.
  std::expected<int, std::string> bind(const std::string& host, std::uint16_t port) {
    errno = 0;
    const bool bound = port == 0 ? bind_to_any_port(host) > 0 : bind_to_port(host, port);
    if (!bound) return std::unexpected(reason(host, errno));
    return svr_sock_;
  }
  /// Accepts from a listening socket, which it closes when that fails.
  void accept_from(int socket) {
    svr_sock_ = socket;
    listen_after_bind();
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
    callbacks_.accepted(Descriptor(socket));
    return true;
  }

  const Listener::Callbacks& callbacks_;
};

}  // namespace

class Listener::Server {
 public:
  explicit Server(Callbacks callbacks) : callbacks_(std::move(callbacks)) {}

  std::expected<std::uint16_t, std::string> start(const std::string& host, std::uint16_t port) {
    acceptor_.emplace(callbacks_);
    const auto bound = acceptor_->bind(host, port);
    if (!bound) return std::unexpected(bound.error());
    // A descriptor of our own: the acceptor closes its own when it ends, and the number may be reused.
    listening_ = Descriptor(::fcntl(*bound, F_DUPFD_CLOEXEC, 0));
    if (!listening_.valid() || ::listen(listening_.get(), backlog) != 0)
      return std::unexpected(std::generic_category().message(errno));
    thread_ = std::thread([this, socket = *bound] { accept(socket); });
    return bound_port(listening_.get());
  }

  bool client_waits() const {
    pollfd listening{.fd = listening_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&listening, 1, 0) > 0 && (listening.revents & POLLIN) != 0;
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stopped_.notify_all();
    // Not httplib's stop(): it closes the descriptor under the accepting thread. After a shutdown accept
    // fails, and the thread closes it.
    if (listening_.valid()) ::shutdown(listening_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    listening_.reset();
  }

 private:
  /// The library ends its loop at any error but a process out of descriptors. A system that has none, no
  /// memory, or a client that left too early are no reason to serve nobody any more.
  void accept(int socket) {
    for (;;) {
      acceptor_->accept_from(socket);
      std::unique_lock lock(mutex_);
      do {
        if (stopped_.wait_for(lock, pause_after_failure, [this] { return stopping_; })) return;
        socket = ::fcntl(listening_.get(), F_DUPFD_CLOEXEC, 0);
      } while (socket < 0);
      acceptor_.emplace(callbacks_);  // one that has failed does not begin again (0.18)
    }
  }

  const Callbacks callbacks_;
  std::optional<Acceptor> acceptor_;
  Descriptor listening_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

Listener::Listener(Callbacks callbacks) : server_(std::make_unique<Server>(std::move(callbacks))) {}
Listener::~Listener() {
  stop();
}

std::expected<std::uint16_t, std::string> Listener::start(const std::string& host, std::uint16_t port) {
  auto listening = server_->start(host, port);
  if (listening) return listening;
  const bool colons = host.find(':') != std::string::npos;
  return std::unexpected(
      fmt::format("cannot listen on {}:{}: {}", colons ? "[" + host + "]" : host, port, listening.error()));
}

bool Listener::client_waits() const {
  return server_->client_waits();
}

void Listener::stop() {
  server_->stop();
}

}  // namespace partsmith::server
