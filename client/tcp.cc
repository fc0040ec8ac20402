#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "socket.h"

namespace partsmith::client {
namespace {

class TcpWire final : public Wire {
 public:
  explicit TcpWire(Socket socket) : socket_(std::move(socket)) {}

  std::expected<std::size_t, ClientError> read(std::span<std::uint8_t> into, Instant deadline) override {
    while (true) {
      const auto count = ::recv(socket_.descriptor(), into.data(), into.size(), 0);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return std::unexpected(cut_by(errno));
      if (const auto ready = socket_.wait(POLLIN, deadline); !ready) return std::unexpected(ready.error());
    }
  }

  std::expected<std::size_t, ClientError> write(ByteView bytes, Instant deadline) override {
    while (true) {
      const auto count = ::send(socket_.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return std::unexpected(cut_by(errno));
      const auto ready = socket_.wait(POLLOUT | POLLIN, deadline);
      if (!ready) return std::unexpected(ready.error());
      if ((*ready & POLLIN) != 0) return std::size_t{0};
    }
  }

  bool has_input() override { return socket_.readable_now(); }
  void half_close() override { socket_.half_close(); }
  void interrupt() override { socket_.interrupt(); }
  void reset() override { socket_.reset(); }

 private:
  Socket socket_;
};

}  // namespace

WireResult connect_tcp(const Origin& origin, Instant deadline) {
  auto socket = Socket::connect(origin, deadline);
  if (!socket) return std::unexpected(socket.error());
  return std::make_unique<TcpWire>(*std::move(socket));
}

}  // namespace partsmith::client
