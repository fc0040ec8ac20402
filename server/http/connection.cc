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

/// A client that has just sent or taken so much mostly goes on at once: waiting a moment on the worker saves
/// several thread switches.
constexpr std::size_t full_flow = 4096;
constexpr Connection::Duration moment = 2ms;
/// A client that sends on and on after its answer has no use for it.
constexpr std::uint64_t longest_lingering = std::uint64_t{256} * 1024 * 1024;
constexpr std::uint64_t longest_linger_step = std::uint64_t{1024} * 1024;

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

bool is_waiting(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK;
}

std::string address_text(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, address, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

}  // namespace

Connection::Connection(Descriptor socket, const TlsIdentity* identity, SlowClients& slow_clients,
                       MemoryBudget& memory)
    : socket_(std::move(socket)), slow_clients_(slow_clients), memory_(memory) {
  if (identity != nullptr) {
    never_block();
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

/// For calls that know no MSG_DONTWAIT: OpenSSL's, and splice.
void Connection::never_block() {
  if (std::exchange(never_blocks_, true)) return;
  ::fcntl(socket_.get(), F_SETFL, ::fcntl(socket_.get(), F_GETFL) | O_NONBLOCK);
}

Connection::~Connection() {
  if (tls_ && !reset_on_close_) tls_->say_goodbye();
}

void Connection::consume(std::size_t count) {
  begin_ += count;
  consumed_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

/// Whether the buffer can take a byte; as many as wanted, if memory isn't short.
bool Connection::make_room(std::size_t capacity) {
  if (capacity_ < capacity) capacity = affordable(capacity);
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
  return end_ < capacity_;
}

std::size_t Connection::affordable(std::size_t capacity) {
  if (capacity_ == 0) held_ = memory_.insist(head_buffer);
  return held_.grow_to(capacity) ? capacity : std::max(capacity_, head_buffer);
}

Input Connection::receive(std::size_t capacity) {
  if (!make_room(capacity)) return Input::no_memory;
  const std::size_t before = end_;
  const Input input = tls_ ? receive_tls() : receive_plain();
  if (end_ - before >= full_flow) flowing_ = true;
  return input;
}

/// No TLS begins with a letter, and every request does.
bool Connection::speaks_plain_text() const {
  char first = 0;
  if (::recv(socket_.get(), &first, 1, MSG_DONTWAIT | MSG_PEEK) != 1) return false;
  return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
}

Input Connection::receive_tls() {
  if (!tls_->has_begun() && speaks_plain_text()) {
    tls_.reset();
    return Input::plain_text;
  }
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
    if (count < 0 && is_waiting(errno)) return Input::nothing_yet;
    return Input::ended;
  }
}

Input Connection::receive(std::size_t capacity, LeastRate& rate) {
  while (true) {
    const std::size_t before = end_ - begin_;
    const Input input = receive(capacity);
    if (input == Input::received) return rate.note(0ns, end_ - begin_ - before) ? input : Input::timeout;
    if (input != Input::nothing_yet) return input;
    if (!wait_for_client(wants_output_, rate)) return Input::timeout;
  }
}

Input Connection::receive_piped(BytePipe& into, std::size_t wanted) {
  const auto count = into.fill(socket_.get(), wanted);
  if (!count) return is_waiting(count.error()) ? Input::nothing_yet : Input::ended;
  if (*count == 0) return Input::ended;
  consumed_ += *count;
  if (*count >= full_flow) flowing_ = true;
  return Input::received;
}

Input Connection::receive(BytePipe& into, std::size_t wanted, LeastRate& rate) {
  never_block();
  while (true) {
    const Input input = receive_piped(into, wanted);
    if (input == Input::received) return rate.note(0ns, into.held()) ? input : Input::timeout;
    if (input != Input::nothing_yet) return input;
    if (!wait_for_client(false, rate)) return Input::timeout;
  }
}

/// Until the client has sent or taken something. False if it was too slow about it.
bool Connection::wait_for_client(bool output, LeastRate& rate) {
  const bool wanted_output = std::exchange(wants_output_, output);
  const std::uint64_t taken_before = output ? taken_by_client() : 0;
  const auto begun = Clock::now();
  bool ready = false;
  if (std::exchange(flowing_, false)) ready = wait_for(socket_.get(), output ? POLLOUT : POLLIN, moment);
  const Waited waited = ready ? Waited::ready : wait(begun + rate.patience(), rate.pace());
  wants_output_ = wanted_output;
  if (waited == Waited::crowded_out) return false;
  // What the client's system has acknowledged: room in ours comes in leaps of megabytes.
  return rate.note(Clock::now() - begun, output ? taken_by_client() - taken_before : 0);
}

Waited Connection::wait(Clock::time_point deadline, Pace pace) {
  release_buffer();
  if (const auto waited = slow_clients_.wait(*this, deadline, pace)) return *waited;
  const auto left = std::chrono::ceil<Duration>(deadline - Clock::now());
  return wait_for(socket_.get(), wants_output_ ? POLLOUT : POLLIN, left) ? Waited::ready : Waited::late;
}

std::uint64_t Connection::taken_by_client() const {
  int on_its_way = 0;
  if (::ioctl(socket_.get(), SIOCOUTQ, &on_its_way) != 0) return sent_;
  return sent_ - std::min<std::uint64_t>(sent_, static_cast<std::uint64_t>(std::max(on_its_way, 0)));
}

void Connection::sent(std::size_t count) {
  sent_ += count;
  if (count >= full_flow) flowing_ = true;
}

bool Connection::await_input(Duration limit) const {
  if (tls_ && tls_->has_pending()) return true;
  return wait_for(socket_.get(), wants_output_ ? POLLOUT : POLLIN, limit);
}

void Connection::release_buffer() {
  if (begin_ != end_) return;
  buffer_.reset();
  capacity_ = begin_ = end_ = 0;
  held_.release();
}

std::uint64_t Connection::send(std::string_view first, std::string_view second, LeastRate& rate) {
  const std::uint64_t before = sent_;
  quiet_since_ = Clock::now();
  if (!tls_) {
    send_plain(first, second, rate);
    return sent_ - before;
  }
  // One record for head and small body, or the start of a large one.
  constexpr std::size_t record = std::size_t{16} * 1024;
  if (first.empty() || first.size() >= record) {
    if (send_tls(first, rate)) send_tls(second, rate);
    return sent_ - before;
  }
  const std::string_view along = second.substr(0, record - first.size());
  if (send_tls(std::string(first).append(along), rate)) send_tls(second.substr(along.size()), rate);
  return sent_ - before;
}

bool Connection::send_tls(std::string_view bytes, LeastRate& rate) {
  while (!bytes.empty()) {
    std::size_t count = 0;
    const TlsStep step = tls_->send(bytes, count);
    if (step == TlsStep::ended) return false;
    if (step == TlsStep::done) {
      bytes.remove_prefix(count);
      sent(count);
    } else if (!wait_for_client(step == TlsStep::wants_output, rate)) {
      return false;
    }
  }
  return true;
}

bool Connection::send_plain(std::string_view first, std::string_view second, LeastRate& rate) {
  while (!first.empty() || !second.empty()) {
    std::array<iovec, 2> pieces{iovec{const_cast<char*>(first.data()), first.size()},
                                iovec{const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const ssize_t count = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (is_waiting(errno) && wait_for_client(true, rate)) continue;
      return false;
    }
    const auto taken = static_cast<std::size_t>(count);
    const std::size_t of_first = std::min(taken, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(taken - of_first);
    sent(taken);
  }
  return true;
}

std::uint64_t Connection::send(BytePipe& from, LeastRate& rate) {
  quiet_since_ = Clock::now();
  never_block();
  const std::uint64_t before = sent_;
  while (from.held() > 0) {
    const auto count = from.drain(socket_.get());
    if (count) {
      sent(*count);
    } else if (!is_waiting(count.error()) || !wait_for_client(true, rate)) {
      break;
    }
  }
  return sent_ - before;
}

void Connection::begin_lingering(Clock::time_point deadline) {
  if (tls_) tls_->say_goodbye();
  ::shutdown(socket_.get(), SHUT_WR);
  consume(buffered().size());
  release_buffer();
  wants_output_ = false;
  lingering_ = true;
  closes_at = deadline;
}

bool Connection::linger() {
  // What comes is thrown away, so it needn't be decrypted.
  std::array<char, 64 * 1024> nowhere;
  for (std::uint64_t in_step = 0; in_step < longest_linger_step;) {
    const ssize_t count = ::recv(socket_.get(), nowhere.data(), nowhere.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && is_waiting(errno)) return true;
    if (count <= 0) return false;
    in_step += static_cast<std::uint64_t>(count);
    lingered_ += static_cast<std::uint64_t>(count);
    if (lingered_ > longest_lingering || Clock::now() >= *closes_at) return false;
  }
  return true;
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
  const ::linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  reset_on_close_ = true;
}

void Connection::cut() const {
  ::shutdown(socket_.get(), SHUT_RDWR);
}

}  // namespace partsmith::server
