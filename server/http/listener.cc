#include "http/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "http/httplib_compat.h"

namespace partsmith::server {
namespace {

// The library's own backlog of 5 makes clients that come at once wait a second for their retry.
constexpr int backlog = 4096;

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

}  // namespace

/// The library resolves, binds and accepts. Its process_request is not called: no version can be given S3's
/// requests unharmed, and what would be left for it is the framing of bodies, where its chunked decoder takes
/// "-1" and "0x5" for sizes, calls a body whole whose chunk does not end with CRLF (0.11) or whose last line
/// is missing (0.18), and copies through 4 KiB pieces. body.cc reads bodies strictly and without a copy.
class Listener::Server final : public httplib::Server {
 public:
  explicit Server(Callbacks callbacks) : callbacks_(std::move(callbacks)) {
    set_socket_options(set_options);
    set_tcp_nodelay(true);  // accepted sockets inherit it
    new_task_queue = [this] { return new httplib_compat::InlineQueue(callbacks_.before_next); };
  }

  std::expected<std::uint16_t, std::string> start(const std::string& host, std::uint16_t port) {
    errno = 0;
    const bool bound = port == 0 ? bind_to_any_port(host) > 0 : bind_to_port(host, port);
    if (!bound) return std::unexpected(reason(host, errno));
    // A descriptor of our own: the accepting thread closes the library's when it ends, and the number may be
    // reused.
    listening_ = Descriptor(::fcntl(svr_sock_, F_DUPFD_CLOEXEC, 0));
    if (!listening_.valid() || ::listen(listening_.get(), backlog) != 0)
      return std::unexpected(std::generic_category().message(errno));
    thread_ = std::thread([this] { listen_after_bind(); });
    return bound_port(listening_.get());
  }

  void stop() {
    // Not httplib's stop(): it closes the descriptor under the accepting thread. After a shutdown accept
    // fails, and the thread closes it.
    if (listening_.valid()) ::shutdown(listening_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    listening_.reset();
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
    callbacks_.accepted(Descriptor(socket));
    return true;
  }

  Callbacks callbacks_;
  Descriptor listening_;
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

void Listener::stop() {
  server_->stop();
}

}  // namespace partsmith::server
