#include "http/connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace partsmith::server {
namespace {

using namespace std::chrono_literals;

/// Whether one of the events comes within the limit; an error or a hang-up counts, for the next call will
/// tell.
bool wait_for(int socket, short events, Connection::Duration limit) {
  const auto deadline = Connection::Clock::now() + limit;
  while (true) {
    const auto left = std::chrono::ceil<Connection::Duration>(deadline - Connection::Clock::now());
    pollfd entry{.fd = socket, .events = events, .revents = 0};
    const auto wait = std::clamp<Connection::Duration::rep>(left.count(), 0, 3'600'000);
    const int ready = ::poll(&entry, 1, static_cast<int>(wait));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;
    if (Connection::Clock::now() >= deadline) return false;
  }
}

std::string address_text(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, address, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

}  // namespace

Connection::Connection(Descriptor socket, const TlsIdentity* identity) : socket_(std::move(socket)) {
  if (identity != nullptr) {
    // OpenSSL knows no MSG_DONTWAIT.
    ::fcntl(socket_.get(), F_SETFL, ::fcntl(socket_.get(), F_GETFL) | O_NONBLOCK);
    tls_ = std::make_unique<TlsSession>(*identity, socket_.get());
  }
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(socket_.get(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return;
  if (storage.ss_family == AF_INET) {
    sockaddr_in peer{};
    std::memcpy(&peer, &storage, sizeof peer);
    peer_address_ = address_text(AF_INET, &peer.sin_addr);
    peer_port_ = ntohs(peer.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 peer{};
    std::memcpy(&peer, &storage, sizeof peer);
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr) != 0;
    peer_address_ =
        mapped ? address_text(AF_INET, &peer.sin6_addr.s6_addr[12]) : address_text(AF_INET6, &peer.sin6_addr);
    peer_port_ = ntohs(peer.sin6_port);
  }
}

Connection::~Connection() {
  if (tls_ && !reset_on_close_) tls_->say_goodbye();
}

void Connection::consume(std::size_t count) {
  begin_ += count;
  consumed_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

void Connection::make_room(std::size_t capacity) {
  if (capacity_ < capacity) {
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (begin_ != end_) std::memcpy(larger.get(), buffer_.get() + begin_, end_ - begin_);
    buffer_ = std::move(larger);
    capacity_ = capacity;
  } else if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
  }
  end_ -= begin_;
  begin_ = 0;
}

Input Connection::receive(std::size_t capacity) {
  make_room(capacity);
  return tls_ ? receive_tls() : receive_plain();
}

Input Connection::receive_tls() {
  std::size_t count = 0;
  const TlsStep step = tls_->receive({buffer_.get() + end_, capacity_ - end_}, count);
  wants_output_ = step == TlsStep::wants_output;
  if (step == TlsStep::ended) return Input::ended;
  if (step != TlsStep::done) return Input::nothing_yet;
  end_ += count;
  return Input::received;
}

Input Connection::receive_plain() {
  while (true) {
    const ssize_t count = ::recv(socket_.get(), buffer_.get() + end_, capacity_ - end_, MSG_DONTWAIT);
    if (count > 0) {
      end_ += static_cast<std::size_t>(count);
      return Input::received;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Input::nothing_yet;
    return Input::ended;
  }
}

Input Connection::receive(std::size_t capacity, Duration limit) {
  while (true) {
    const Input input = receive(capacity);
    if (input != Input::nothing_yet) return input;
    if (!await_input(limit)) return Input::timeout;
  }
}

bool Connection::await_input(Duration limit) const {
  if (tls_ && tls_->has_pending()) return true;
  return wait_for(socket_.get(), wants_output_ ? POLLOUT : POLLIN, limit);
}

void Connection::release_buffer() {
  if (begin_ != end_) return;
  buffer_.reset();
  capacity_ = begin_ = end_ = 0;
}

std::uint64_t Connection::send(std::string_view first, std::string_view second, Duration limit) {
  if (!tls_) return send_plain(first, second, limit);
  // One record for head and small body, or the start of a large one.
  constexpr std::size_t record = std::size_t{16} * 1024;
  if (first.empty() || first.size() >= record) {
    const std::uint64_t sent = send_tls(first, limit);
    return sent < first.size() ? sent : sent + send_tls(second, limit);
  }
  const std::string_view along = second.substr(0, record - first.size());
  const std::string together = std::string(first).append(along);
  const std::uint64_t sent = send_tls(together, limit);
  return sent < together.size() ? sent : sent + send_tls(second.substr(along.size()), limit);
}

std::uint64_t Connection::send_tls(std::string_view bytes, Duration limit) {
  std::uint64_t sent = 0;
  while (!bytes.empty()) {
    std::size_t count = 0;
    const TlsStep step = tls_->send(bytes, count);
    if (step == TlsStep::ended) break;
    if (step == TlsStep::done) {
      bytes.remove_prefix(count);
      sent += count;
    } else if (!wait_for(socket_.get(), step == TlsStep::wants_output ? POLLOUT : POLLIN, limit)) {
      break;
    }
  }
  return sent;
}

std::uint64_t Connection::send_plain(std::string_view first, std::string_view second, Duration limit) {
  std::uint64_t sent = 0;
  while (!first.empty() || !second.empty()) {
    std::array<iovec, 2> pieces{iovec{const_cast<char*>(first.data()), first.size()},
                                iovec{const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const ssize_t count = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR) continue;
      const bool full = errno == EAGAIN || errno == EWOULDBLOCK;
      if (full && wait_for(socket_.get(), POLLOUT, limit)) continue;
      break;
    }
    const auto taken = static_cast<std::size_t>(count);
    const std::size_t of_first = std::min(taken, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(taken - of_first);
    sent += taken;
  }
  return sent;
}

void Connection::linger_before_close(const std::atomic<bool>& give_up) {
  constexpr auto longest_silence = 2s;
  constexpr auto longest = 30s;
  constexpr auto between_looks = 50ms;
  if (tls_) tls_->say_goodbye();
  ::shutdown(socket_.get(), SHUT_WR);
  const auto deadline = Clock::now() + longest;
  auto last_heard = Clock::now();
  while (!give_up) {
    consume(buffered().size());
    // What comes is thrown away, so it needn't be decrypted.
    make_room(body_buffer);
    Input input = receive_plain();
    if (input == Input::nothing_yet && wait_for(socket_.get(), POLLIN, between_looks))
      input = receive_plain();
    const auto now = Clock::now();
    if (input == Input::received) last_heard = now;
    if (input == Input::ended || now >= deadline || now >= last_heard + longest_silence) return;
  }
}

void Connection::reset_on_close() {
  // A reset throws away what is still on its way, so wait until the client's system has acknowledged it all.
  constexpr auto longest = 5s;
  const auto deadline = Clock::now() + longest;
  int unacknowledged = 0;
  while (::ioctl(socket_.get(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged > 0 &&
         Clock::now() < deadline) {
    if (::poll(nullptr, 0, 1) < 0 && errno != EINTR) break;
  }
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  reset_on_close_ = true;
}

void Connection::cut() const {
  ::shutdown(socket_.get(), SHUT_RDWR);
}

}  // namespace partsmith::server
