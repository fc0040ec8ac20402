#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "socket.h"

namespace partsmith::client {
namespace {

class TcpWire final : public Wire, public PipedWire {
 public:
  explicit TcpWire(Socket socket) : socket_(std::move(socket)) {}

  std::expected<std::size_t, ClientError> read(std::span<std::uint8_t> into, Instant deadline) override {
    return once_there(deadline,
                      [&] { return moved(::recv(socket_.descriptor(), into.data(), into.size(), 0)); });
  }
  std::expected<std::size_t, ClientError> write(ByteView bytes, Instant deadline) override {
    return once_taken(deadline, [&] {
      return moved(::send(socket_.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
    });
  }

  PipedWire* piped() override { return this; }
  std::expected<std::size_t, ClientError> read(BytePipe& into, std::size_t most, Instant deadline) override {
    return once_there(deadline, [&] { return into.fill(socket_.descriptor(), most); });
  }
  std::expected<std::size_t, ClientError> write(BytePipe& from, Instant deadline) override {
    return once_taken(deadline, [&] { return from.drain(socket_.descriptor()); });
  }

  bool has_input() override { return socket_.readable_now(); }
  void half_close() override { socket_.half_close(); }
  void interrupt() override { socket_.interrupt(); }
  void reset() override { socket_.reset(); }

 private:
  using Moved = std::expected<std::size_t, int>;  ///< the error is errno

  static Moved moved(ssize_t count) {
    return count >= 0 ? Moved(static_cast<std::size_t>(count)) : std::unexpected(errno);
  }
  static bool is_waiting(int error_number) { return error_number == EAGAIN || error_number == EWOULDBLOCK; }

  template <typename Receive>
  std::expected<std::size_t, ClientError> once_there(Instant deadline, const Receive& receive) {
    while (true) {
      const Moved count = receive();
      if (count) return *count;
      if (count.error() == EINTR) continue;
      if (!is_waiting(count.error())) return std::unexpected(cut_by(count.error()));
      if (const auto ready = socket_.wait(POLLIN, deadline); !ready) return std::unexpected(ready.error());
    }
  }

  template <typename Send>
  std::expected<std::size_t, ClientError> once_taken(Instant deadline, const Send& send) {
    while (true) {
      const Moved count = send();
      if (count) return *count;
      if (count.error() == EINTR) continue;
      if (!is_waiting(count.error())) return std::unexpected(cut_by(count.error()));
      const auto ready = socket_.wait(POLLOUT | POLLIN, deadline);
      if (!ready) return std::unexpected(ready.error());
      if ((*ready & POLLIN) != 0) return std::size_t{0};
    }
  }

  Socket socket_;
};

}  // namespace

WireResult connect_tcp(const Origin& origin, Instant deadline) {
  auto socket = Socket::connect(origin, deadline);
  if (!socket) return std::unexpected(socket.error());
  return std::make_unique<TcpWire>(*std::move(socket));
}

}  // namespace partsmith::client
