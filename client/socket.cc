#include "socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace partsmith::client {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype([](addrinfo* list) { ::freeaddrinfo(list); })>;

std::string reason(int error_number) {
  return std::generic_category().message(error_number);
}

std::expected<Addresses, ClientError> resolve(const Origin& origin) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  // RFC 6761: these names are the loopback's, whether or not the machine knows them. No name asks for it.
  const bool loopback = origin.host == "localhost" || origin.host.ends_with(".localhost");
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(loopback ? nullptr : origin.host.c_str(),
                                   std::to_string(origin.port).c_str(), &hints, &found);
  if (failed != 0) {
    return std::unexpected(
        ClientError(ErrorKind::connect, fmt::format("{}: {}", origin.host, ::gai_strerror(failed))));
  }
  return Addresses(found);
}

std::expected<Socket, ClientError> connect_to(const addrinfo& address, const Origin& origin,
                                              Instant deadline) {
  const auto refused = [&](int error_number) {
    return std::unexpected(
        ClientError(ErrorKind::connect, fmt::format("{}: {}", origin.authority(), reason(error_number))));
  };
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.descriptor() < 0) return refused(errno);
  const int on = 1;
  ::setsockopt(socket.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket.descriptor(), address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return refused(errno);
  if (!socket.wait(POLLOUT, deadline)) {
    return std::unexpected(
        ClientError(ErrorKind::timeout, fmt::format("no connection to {} in time", origin.authority())));
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return refused(error);
  return socket;
}

}  // namespace

std::expected<Socket, ClientError> Socket::connect(const Origin& origin, Instant deadline) {
  const auto addresses = resolve(origin);
  if (!addresses) return std::unexpected(addresses.error());
  std::optional<ClientError> failure;
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    auto socket = connect_to(*address, origin, deadline);
    if (socket) return socket;
    if (!failure) failure = std::move(socket.error());
  }
  return std::unexpected(failure.value_or(ClientError(ErrorKind::connect, origin.host + ": no address")));
}

Socket::~Socket() {
  close();
}

void Socket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::expected<short, ClientError> Socket::wait(short events, Instant deadline) const {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{.fd = fd_, .events = events, .revents = 0};
    const auto limit = std::clamp<std::int64_t>(left.count(), 0, 1'000'000);
    const int count = ::poll(&entry, 1, static_cast<int>(limit));
    if (count > 0) return entry.revents;
    if (count < 0 && errno != EINTR) return std::unexpected(cut_by(errno));
    if (left.count() <= 0) return std::unexpected(timed_out("waiting for the server"));
  }
}

bool Socket::readable_now() const {
  pollfd entry{.fd = fd_, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) != 0;
}

void Socket::half_close() const {
  ::shutdown(fd_, SHUT_WR);
}

void Socket::interrupt() const {
  ::shutdown(fd_, SHUT_RDWR);
}

void Socket::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

ClientError timed_out(std::string_view while_doing) {
  return {ErrorKind::timeout, fmt::format("time ran out while {}", while_doing)};
}

ClientError cut_by(int error_number) {
  return {ErrorKind::cut, fmt::format("the connection broke: {}", reason(error_number))};
}

}  // namespace partsmith::client
