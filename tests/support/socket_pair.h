#pragma once
/// Two connected sockets: one that a test gives away, and its other end.

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace partsmith::test {

/// Neither end blocks.
class SocketPair {
 public:
  SocketPair() {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_.data()) != 0)
      throw std::runtime_error("no pair of sockets");
  }
  ~SocketPair() {
    for (const int end : ends_) ::close(end);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  int inner() const { return ends_[0]; }

  /// To the inner end; how much of it was taken.
  std::size_t send(std::string_view bytes) {
    const auto count = ::send(ends_[1], bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  void end() { ::shutdown(ends_[1], SHUT_WR); }
  /// What the inner end has sent since the last call.
  std::string received() {
    std::string all;
    std::array<char, 65536> run;
    while (true) {
      const auto count = ::recv(ends_[1], run.data(), run.size(), 0);
      if (count <= 0) return all;
      all.append(run.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace partsmith::test
