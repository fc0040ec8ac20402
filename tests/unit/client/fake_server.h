#pragma once
/// A server that answers whatever a test tells it to, byte for byte, over real sockets.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <list>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <partsmith/protocol/headers.h>

namespace partsmith::test {

/// One accepted connection, as a test's script sees it. Reads give up when the server stops.
class FakeConnection {
 public:
  FakeConnection(int fd, std::size_t which, int stop_fd) : number(which), fd_(fd), stop_fd_(stop_fd) {}
  ~FakeConnection() { ::close(fd_); }
  FakeConnection(const FakeConnection&) = delete;
  FakeConnection& operator=(const FakeConnection&) = delete;

  struct Request {
    std::string head;  ///< with its empty line
    std::string method;
    std::string target;
    protocol::Headers headers;
    std::string body;
  };

  const std::size_t number;  ///< of the server's connections, from 0

  /// False when the client has gone or the server stops.
  bool read_head(Request& request) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return false;
    }
    request.head = take(end + 4);
    parse(request);
    return true;
  }
  bool read_body(Request& request) {
    const std::string length(request.headers.value("content-length"));
    const std::size_t wanted = length.empty() ? 0 : std::stoull(length);
    while (buffer_.size() < wanted) {
      if (!receive()) return false;
    }
    request.body = take(wanted);
    return true;
  }
  bool read(Request& request) { return read_head(request) && read_body(request); }
  /// True when the client closed or reset; false when the server stops first.
  bool read_to_end() {
    while (receive()) buffer_.clear();
    return !stopping();
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0) return;  // the client has gone: its test knows why
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

 private:
  bool stopping() const {
    pollfd entry{.fd = stop_fd_, .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 0) > 0;
  }
  bool receive() {
    pollfd entries[2] = {{.fd = fd_, .events = POLLIN, .revents = 0},
                         {.fd = stop_fd_, .events = POLLIN, .revents = 0}};
    if (::poll(entries, 2, -1) < 0 || entries[1].revents != 0) return false;
    std::string piece(65536, '\0');
    const auto count = ::recv(fd_, piece.data(), piece.size(), 0);
    if (count <= 0) return false;
    buffer_.append(piece, 0, static_cast<std::size_t>(count));
    return true;
  }
  std::string take(std::size_t count) {
    std::string taken = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return taken;
  }
  static void parse(Request& request) {
    std::string_view rest = request.head;
    const auto line = rest.substr(0, rest.find("\r\n"));
    request.method = line.substr(0, line.find(' '));
    request.target = line.substr(request.method.size() + 1);
    request.target.resize(request.target.find(' '));
    for (rest.remove_prefix(line.size() + 2); !rest.starts_with("\r\n");) {
      const auto field = rest.substr(0, rest.find("\r\n"));
      const auto colon = field.find(':');
      request.headers.add(std::string(field.substr(0, colon)),
                          std::string(protocol::trimmed(field.substr(colon + 1))));
      rest.remove_prefix(field.size() + 2);
    }
  }

  int fd_;
  int stop_fd_;
  std::string buffer_;
};

/// Each connection runs the script in a thread of its own; it is closed when the script returns.
class FakeServer {
 public:
  using Request = FakeConnection::Request;
  using Script = std::function<void(FakeConnection&)>;

  /// On a free port, or on one that is kept for it.
  explicit FakeServer(Script script, std::uint16_t port = 0) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, generic, &size) != 0 || ::pipe(stop_) != 0) {
      throw std::runtime_error("the fake server cannot listen");
    }
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept(); });
  }
  /// Answers every request on every connection by the function; the answer is all bytes of it.
  static Script answering(std::function<std::string(const Request&)> answer) {
    return [answer = std::move(answer)](FakeConnection& connection) {
      for (Request request; connection.read(request); request = {}) connection.send(answer(request));
    };
  }
  ~FakeServer() {
    [[maybe_unused]] const auto told = ::write(stop_[1], "x", 1);
    accepting_.join();
    ::close(listener_);  // before the connections: whose ends finds nobody any more
    for (auto& thread : connections_) thread.join();
    for (const int fd : stop_) ::close(fd);
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::size_t accepted() const { return accepted_; }

 private:
  void accept() {
    while (true) {
      pollfd entries[2] = {{.fd = listener_, .events = POLLIN, .revents = 0},
                           {.fd = stop_[0], .events = POLLIN, .revents = 0}};
      if (::poll(entries, 2, -1) < 0 || entries[1].revents != 0) return;
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) continue;
      connections_.emplace_back([this, fd, number = accepted_++] {
        FakeConnection connection(fd, number, stop_[0]);
        script_(connection);
      });
    }
  }

  Script script_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> accepted_ = 0;
  std::list<std::thread> connections_;  ///< of the accepting thread until it has ended
  std::thread accepting_;
};

/// An answer with a length.
inline std::string answer_of(int status, const protocol::Headers& headers, std::string_view body) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Said\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!headers.has("content-length") && status != 204)
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

inline std::string error_answer(int status, std::string_view code, std::string_view fields = {}) {
  return answer_of(status, {{"Content-Type", "application/xml"}},
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + std::string(code) +
                       "</Code><Message>Said so</Message>" + std::string(fields) + "</Error>");
}

}  // namespace partsmith::test
