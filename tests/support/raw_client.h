#pragma once
/// A TCP client that sends exactly the bytes it is given, for what an HTTP library would not let a test say.
/// Every wait has a time limit; what goes wrong throws.

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <partsmith/protocol/headers.h>

namespace partsmith::test {

class RawClient {
 public:
  /// How the server's side of the connection ended.
  enum class End { closed, reset };

  struct Answer {
    std::string head;  ///< as it came, with its empty line
    int status = 0;
    protocol::Headers headers;
    std::string body;  ///< as long as Content-Length says
  };

  struct Rest {
    std::string bytes;
    End end;
  };

  explicit RawClient(std::uint16_t port, const std::string& host = "127.0.0.1",
                     std::chrono::milliseconds limit = std::chrono::seconds(60))
      : limit_(limit) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
      throw std::invalid_argument("not a numeric address: " + host);
    fd_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected = fd_ >= 0 && ::connect(fd_, found->ai_addr, found->ai_addrlen) == 0;
    const int error = errno;
    ::freeaddrinfo(found);
    if (!connected) {
      close();
      throw std::system_error(error, std::generic_category(), "connect");
    }
  }
  ~RawClient() { close(); }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), limit_(other.limit_), received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;

  void send(std::string_view bytes) {
    if (!try_send(bytes)) throw std::runtime_error("the server closed while the client was sending");
  }
  /// False if the server closed or reset the connection meanwhile.
  bool try_send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EAGAIN) {
        if (!wait_for(POLLOUT, limit_)) throw std::runtime_error("the server took nothing for too long");
      } else if (errno != EINTR) {
        return false;
      }
    }
    return true;
  }

  /// Reads one answer; `to_head` says that it answers HEAD, hence has no body.
  Answer read_answer(bool to_head = false) {
    Answer answer;
    answer.head = take_through("\r\n\r\n");
    parse_head(answer);
    const bool bodiless = to_head || answer.status < 200 || answer.status == 204 || answer.status == 304;
    const std::string length(answer.headers.value("Content-Length"));
    if (!bodiless && !length.empty()) answer.body = take(std::stoull(length));
    if (!bodiless && answer.headers.value("Transfer-Encoding") == "chunked") answer.body = take_chunks();
    return answer;
  }
  Answer exchange(std::string_view request, bool to_head = false) {
    send(request);
    return read_answer(to_head);
  }

  /// All that comes until the server closes or resets the connection.
  Rest read_to_end() {
    while (true) {
      const auto end = receive();
      if (end) return {std::exchange(received_, {}), *end};
    }
  }
  /// At most so many of the bytes that come next; none once the server has closed.
  std::string take_some(std::size_t most) {
    if (received_.empty() && receive()) return {};
    return take(std::min(most, received_.size()));
  }
  /// Whether bytes, or the end, come within `limit`: at once, if it is left out.
  bool has_input(std::chrono::milliseconds limit = std::chrono::milliseconds(0)) const {
    return !received_.empty() || wait_for(POLLIN, limit);
  }

  /// Says that nothing more will be sent.
  void half_close() { ::shutdown(fd_, SHUT_WR); }
  /// Leaves with a RST.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  bool wait_for(short events, std::chrono::milliseconds limit) const {
    pollfd entry{.fd = fd_, .events = events, .revents = 0};
    return ::poll(&entry, 1, static_cast<int>(limit.count())) > 0;
  }

  /// Takes what arrives next; how the connection ended, if it did.
  std::optional<End> receive() {
    if (!wait_for(POLLIN, limit_)) throw std::runtime_error("the server sent nothing for too long");
    std::array<char, 65536> buffer;
    const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (count == 0) return End::closed;
    if (count < 0 && errno == ECONNRESET) return End::reset;
    if (count < 0) throw std::system_error(errno, std::generic_category(), "recv");
    received_.append(buffer.data(), static_cast<std::size_t>(count));
    return std::nullopt;
  }
  void receive_or_throw() {
    if (receive()) throw std::runtime_error("the server closed after these bytes of an answer: " + received_);
  }

  std::string take(std::size_t count) {
    while (received_.size() < count) receive_or_throw();
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }
  std::string take_through(std::string_view mark) {
    std::size_t at = 0;
    while ((at = received_.find(mark)) == std::string::npos) receive_or_throw();
    return take(at + mark.size());
  }

  std::string take_chunks() {
    std::string body;
    while (const std::size_t size = std::stoull(take_through("\r\n"), nullptr, 16)) {
      body += take(size);
      take(2);
    }
    take(2);
    return body;
  }

  static void parse_head(Answer& answer) {
    std::string_view rest = answer.head;
    if (!rest.starts_with("HTTP/1.1 ")) throw std::runtime_error("not an HTTP answer: " + answer.head);
    answer.status = std::stoi(answer.head.substr(9, 3));
    rest.remove_prefix(rest.find("\r\n") + 2);
    while (!rest.starts_with("\r\n")) {
      const std::string_view line = rest.substr(0, rest.find("\r\n"));
      const std::size_t colon = line.find(": ");
      if (colon == std::string_view::npos) throw std::runtime_error("not a field: " + std::string(line));
      answer.headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
      rest.remove_prefix(line.size() + 2);
    }
  }

  int fd_ = -1;
  std::chrono::milliseconds limit_;
  std::string received_;
};

}  // namespace partsmith::test
